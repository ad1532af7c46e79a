type Patch<T> = { readonly [K in keyof T]?: T[K] | null };

/** RFC 7396 for one level: what is given replaces, `null` takes away, what is missing stays. */
export function patched<T extends object>(value: T, patch: Patch<T>): T {
  const given = Object.entries(patch).filter(([, part]) => part !== undefined);
  const all = { ...value, ...Object.fromEntries(given) };
  return Object.fromEntries(Object.entries(all).filter(([, part]) => part !== null)) as T;
}

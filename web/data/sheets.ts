/** What can slide over any page; the shell loads and shows it. */
export type Sheet =
  | { readonly sheet: 'broke'; readonly device: string }
  | { readonly sheet: 'name'; readonly name: string; readonly device?: string };

declare global {
  interface HTMLElementEventMap {
    'q-sheet': CustomEvent<Sheet>;
  }
}

export const openSheet = (host: HTMLElement, detail: Sheet): boolean =>
  host.dispatchEvent(new CustomEvent('q-sheet', { detail, bubbles: true, composed: true }));

import type { DocumentKinds } from './documents.ts';

export type Kind = keyof DocumentKinds;

/**
 * What becomes of one document. An edit as a function sees the newest value and is asked again when
 * somebody else was faster; a plain value is written only over what this process last saw.
 * `undefined` removes the document.
 */
export type Edit = {
  [K in Kind]:
    | { readonly kind: K; readonly id: string; readonly value: DocumentKinds[K] | undefined }
    | {
        readonly kind: K;
        readonly id: string;
        readonly edit: (before: DocumentKinds[K] | undefined) => DocumentKinds[K] | undefined;
      };
}[Kind];

/** One document before and after a change. */
export type Changed = {
  [K in Kind]: {
    readonly kind: K;
    readonly id: string;
    readonly before?: DocumentKinds[K];
    readonly after?: DocumentKinds[K];
  };
}[Kind];

/** Who decided, as history shows it. */
export interface Author {
  /** `owner`, `token:<name>`, `member:<device>`, `quell`. */
  readonly by: string;
  /** Address it came from. */
  readonly from?: string;
  /** One short sentence: "Ads allowed on Mi 11". */
  readonly what: string;
  /** Id of the change that this one takes back. */
  readonly undoes?: string;
}

import { msg } from '@lit/localize';

/** Why the service said no, as one sentence for the reader. `status` 0: it could not be reached. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  /** Input fields with what is wrong in each. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(sentence: string, status: number, fields: Readonly<Record<string, string>> = {}) {
    super(sentence);
    this.status = status;
    this.fields = fields;
  }
}

interface ProblemBody {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** Reads an RFC 9457 answer. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as ProblemBody;
  const fields = Object.fromEntries((body.errors ?? []).map((error) => [error.field, error.message]));
  const only = body.errors?.length === 1 ? body.errors[0]!.message : undefined;
  const sentence = only ?? body.detail ?? body.title ?? msg('Quell could not do that.');
  return new Problem(sentence, response.status, fields);
}

export const unreachable = (): Problem =>
  new Problem(msg('This page can’t reach Quell. Check that this device is on your home network.'), 0);

export const sentenceOf = (error: unknown): string =>
  error instanceof Problem ? error.message : msg('Something went wrong on this page. Load it again.');

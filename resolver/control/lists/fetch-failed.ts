import { TooLarge } from '../../../lists/parse/decode.ts';

/** A list could not be fetched; the message is one sentence for the owner. */
export class FetchFailed extends Error {
  override name = 'FetchFailed';
}

const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

/** What went wrong between us and the server, in words. */
export function inWords(error: unknown, host: string): FetchFailed | TooLarge {
  if (error instanceof FetchFailed || error instanceof TooLarge) return error;
  return new FetchFailed(sentence(error as NodeJS.ErrnoException, host), { cause: error });
}

function sentence(error: NodeJS.ErrnoException, host: string): string {
  const { cause, name } = error;
  const code = error.code ?? (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (certificate.test(code)) return `${host} showed a certificate that is not valid for it (${code}).`;
  if (name === 'TimeoutError' || name === 'AbortError') return `${host} took too long to send the list.`;
  switch (code) {
    case 'ENOTFOUND':
    case 'ENODATA':
    case 'NXDOMAIN':
      return `No address was found for ${host}; check the spelling.`;
    case 'ETIMEOUT':
    case 'EREFUSED':
    case 'ESERVFAIL':
      return `The resolvers set for fetching lists did not answer for ${host}.`;
    case 'ECONNREFUSED':
      return `${host} refuses the connection.`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return `${host} broke the connection off.`;
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return `There is no way to ${host} from here.`;
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `${host} did not take the connection in time.`;
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return `${host} took too long to send the list.`;
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'Z_BUF_ERROR':
      return `${host} sent only a part of the list.`;
    case 'Z_DATA_ERROR':
      return `${host} sent a damaged archive.`;
    default:
      return `The list could not be fetched from ${host}: ${error.message}.`;
  }
}

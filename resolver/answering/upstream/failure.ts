import { UpstreamFailed } from './upstream.ts';

const sentences: Record<string, string> = {
  ECONNREFUSED: 'refuses the connection; is a DNS server running there, on this port',
  ECONNRESET: 'closes the connection at once; does it speak this protocol on this port',
  EPIPE: 'closes the connection at once; does it speak this protocol on this port',
  ENETUNREACH: 'can not be reached from this network; is the internet connection up',
  EHOSTUNREACH: 'can not be reached from this network; is the internet connection up',
  EADDRNOTAVAIL: 'can not be reached from this network; is the internet connection up',
  EPERM: 'can not be reached because a firewall on this machine forbids it; allow outgoing DNS',
  EACCES: 'can not be reached because a firewall on this machine forbids it; allow outgoing DNS',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired; is the clock of this machine right',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet; is the clock of this machine right',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows a certificate for another name; is the name after # right',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'shows a certificate that nobody known has signed; is somebody in between',
  SELF_SIGNED_CERT_IN_CHAIN: 'shows a certificate that nobody known has signed; is somebody in between',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'shows a certificate that nobody known has signed; is somebody in between',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'shows a certificate that nobody known has signed; is somebody in between',
};

/** What went wrong with an upstream, in one sentence for people. */
export function failureOf(label: string, error: Error & { code?: string }): UpstreamFailed {
  if (error instanceof UpstreamFailed) return error;
  const sentence = sentences[error.code ?? ''];
  const text = sentence ? `${label} ${sentence}?` : `${label} failed: ${error.message}.`;
  return new UpstreamFailed(text, { cause: error });
}

export const silence = (label: string, budget: number): UpstreamFailed =>
  new UpstreamFailed(`${label} gave no answer within ${Math.round(budget)} ms; is the internet connection up?`);

export const stopped = (label: string): UpstreamFailed => new UpstreamFailed(`${label} is no longer in use.`);

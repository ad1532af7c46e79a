import { expect, test } from 'vitest';
import { type AdmissionDeps, admission } from '../../../../resolver/control/record/admission.ts';
import { batchFrom } from '../../../batch-from.ts';

const devices: Record<string, 'attempts' | 'everything' | 'nothing'> = {
  d_phone: 'attempts',
  d_watched: 'everything',
  d_private: 'nothing',
};

function admitted(
  asked: readonly (readonly [device: string, reason: string])[],
  addresses: AdmissionDeps['addresses'],
) {
  const batch = batchFrom({
    attempts: asked.map(([device, reason]) => ({
      at: 1,
      device,
      domain: 'a.example',
      qtype: 1,
      outcome: 'cached',
      reason,
    })),
    counts: asked.map(([device]) => ({ device, total: 2, blocked: 1 })),
  });
  const left = admission({ recordingOf: (device) => devices[device], addresses })(batch);
  return {
    attempts: left.attempts().map(({ device }) => device),
    counts: left.counts.map(({ device }) => device),
  };
}

test('of a device that is not to be recorded nothing is left, not even how much it asked', () => {
  const asked = [
    ['d_private', 'purpose:ads'],
    ['d_phone', 'purpose:ads'],
  ] as const;
  expect(admitted(asked, 'full')).toEqual({ attempts: ['d_phone'], counts: ['d_phone'] });
});

test('look-ups that matched nothing are recorded only while full recording lasts', () => {
  const asked = [
    ['d_phone', 'full'],
    ['d_watched', 'full'],
  ] as const;
  expect(admitted(asked, 'full').attempts).toEqual(['d_watched']);
});

test('addresses of clients that are no device are cut to their network where that is wanted', () => {
  const asked = ['192.168.1.77', '2001:db8:1:2:3:4:5:6', '1c:cc:d6:01:02:03', 'd_phone'].map(
    (device) => [device, 'pause'] as const,
  );
  const cut = ['192.168.1.0', '2001:db8:1::', '1c:cc:d6:00:00:00', 'd_phone'];
  expect(admitted(asked, 'truncated')).toEqual({ attempts: cut, counts: cut });
  expect(admitted(asked, 'full').attempts).toEqual(asked.map(([device]) => device));
});

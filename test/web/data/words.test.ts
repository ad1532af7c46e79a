import { describe, expect, it } from 'vitest';
import { bestLanguage } from '../../../web/data/language.ts';
import { counted, fill } from '../../../web/data/words.ts';

describe('sentences', () => {
  it('fills in what a sentence names and leaves what it was not given', () => {
    expect(fill('{phone} is paused for {minutes} minutes', { phone: 'Redmi {x}', minutes: 10 })).toBe(
      'Redmi {x} is paused for 10 minutes',
    );
    expect(fill('{missing}', {})).toBe('{missing}');
  });

  it('chooses the form of a number as the language has it', () => {
    const forms = { one: '{count} phone', other: '{count} phones' };
    expect(counted(1, forms, 'en')).toBe('1 phone');
    expect(counted(0, forms, 'en')).toBe('0 phones');
    expect(counted(1240, forms, 'en')).toBe('1,240 phones');
    expect(counted(1240, forms, 'de')).toBe('1.240 phones');
    expect(counted(0, forms, 'fr')).toBe('0 phone');
  });
});

describe('the language of the page', () => {
  const spoken = ['en', 'de', 'zh-CN'];

  it('is the first that the reader wants and the page speaks', () => {
    expect(bestLanguage(['sv', 'de-AT', 'en'], spoken)).toBe('de');
    expect(bestLanguage(['zh-CN'], spoken)).toBe('zh-CN');
    expect(bestLanguage(['sv'], spoken)).toBe('en');
  });
});

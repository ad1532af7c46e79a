/** "1,240" or "1.240", as the reader's language groups digits. */
export const whole = (count: number, locale: string): string => new Intl.NumberFormat(locale).format(count);

/** "940", "12K": for places too narrow for every digit. */
export const short = (count: number, locale: string): string =>
  new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(count);

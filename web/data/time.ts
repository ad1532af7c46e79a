/** Times are wall-clock milliseconds; `locale` is a language tag as the browser names it. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "now", "3 minutes ago", "yesterday": one unit, never a fraction. */
export function ago(at: number, now: number, locale: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const passed = Math.max(0, now - at);
  if (passed < minute) return words.format(0, 'second');
  if (passed < hour) return words.format(-Math.floor(passed / minute), 'minute');
  if (passed < day) return words.format(-Math.floor(passed / hour), 'hour');
  return words.format(-Math.floor(passed / day), 'day');
}

/** "45 minutes", "3 hours", "2 days": one unit, never a fraction. */
export function lasting(seconds: number, locale: string): string {
  const time = seconds * 1000;
  const [amount, unit] =
    time < 90 * minute ? [time / minute, 'minute'] : time < 2 * day ? [time / hour, 'hour'] : [time / day, 'day'];
  const words = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
  return words.format(Math.max(1, Math.round(amount)));
}

/** "9:05" below an hour, "1:09:05" above: what a count-down shows. */
export function remaining(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** "20:14" or "8:14 PM", as the reader's language writes it. */
export const clock = (at: number, locale: string): string =>
  new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(at);

const sameDay = (a: number, b: number) => new Date(a).toDateString() === new Date(b).toDateString();

/** The time alone for today, with weekday within the week, with the date before that. */
export function moment(at: number, now: number, locale: string): string {
  if (sameDay(at, now)) return clock(at, locale);
  const near = Math.abs(now - at) < 6 * day;
  const date: Intl.DateTimeFormatOptions = near ? { weekday: 'short' } : { day: 'numeric', month: 'short' };
  if (new Date(at).getFullYear() !== new Date(now).getFullYear()) date.year = 'numeric';
  return new Intl.DateTimeFormat(locale, { ...date, hour: 'numeric', minute: '2-digit' }).format(at);
}

/** "20:14–20:31", or one time when both fall into the same minute. */
export function span(from: number, to: number, now: number, locale: string): string {
  const start = moment(from, now, locale);
  const end = sameDay(from, to) ? clock(to, locale) : moment(to, now, locale);
  return Math.floor(from / minute) === Math.floor(to / minute) ? start : `${start}–${end}`;
}

/** Minutes to the next morning at six; a night that is nearly over counts as today. */
export function minutesUntilTomorrow(now: number): number {
  const morning = new Date(now);
  morning.setHours(6, 0, 0, 0);
  if (morning.getTime() - now < 2 * hour) morning.setDate(morning.getDate() + 1);
  return Math.min(24 * 60, Math.round((morning.getTime() - now) / minute));
}

/** Midnight that began the reader's day. */
export const startOfDay = (now: number): number => new Date(now).setHours(0, 0, 0, 0);

/** The 24 hours that end with the present one, each as its first millisecond. */
export function lastDayHours(now: number): number[] {
  const present = Math.floor(now / hour) * hour;
  return Array.from({ length: 24 }, (_, back) => present - (23 - back) * hour);
}

import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const quoted = (values: readonly unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join(values.length > 2 ? ', ' : ' or ');

const names: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

const nameOf = (type: string): string => names[type] ?? type;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return nameOf(typeof value);
}

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/**
 * What would be right, to be read after the name of the field: "must be text", "must be one of …".
 * @param input the whole input that was checked, where it is known
 */
export function problemOf(issue: Issue, input?: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return valueAt(input, issue.path) === undefined
        ? `is missing; it must be ${nameOf(issue.expected)}`
        : `must be ${nameOf(issue.expected)}, not ${kindOf(valueAt(input, issue.path))}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 2 ? 'one of ' : ''}${quoted(issue.values)}`;
    case 'unrecognized_keys':
      return `has the unknown ${issue.keys.length > 1 ? 'fields' : 'field'} ${quoted(issue.keys)}; leave ${issue.keys.length > 1 ? 'them' : 'it'} out`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
      return `must be at least ${issue.minimum}${lengthUnit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${lengthUnit(issue.origin)}`;
    case 'invalid_union':
      return problemOfUnion(issue, input);
    case 'invalid_format':
      if (issue.format === 'datetime') return 'must be a time such as "2026-03-01T19:30:00Z"';
      return issue.message.startsWith('Invalid') ? 'has a form that is not understood' : issue.message;
    default:
      return issue.message;
  }
}

/**
 * Where several forms are possible and one of them was nearly right, what was wrong with that one: a sentence that
 * somebody wrote for the case says more than what each form would have wanted.
 */
export function closest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  for (const branch of issue.errors) {
    for (const inner of branch.map(closest)) {
      if (inner.code === 'custom') return { ...inner, path: [...issue.path, ...inner.path] };
    }
  }
  return issue;
}

/** The whole sentence for a field such as "scope.id"; what a check of ours wrote is one already. */
export function issueSentence(issue: Issue, field: string, input?: unknown): string {
  const sentence = issue.code === 'custom' ? issue.message : `${field} ${problemOf(issue, input)}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

const lengthUnit = (origin: string): string => (units[origin] ? `${units[origin]} long` : '');

function problemOfUnion(issue: Extract<Issue, { code: 'invalid_union' }>, input: unknown): string {
  if ('discriminator' in issue && typeof issue.discriminator === 'string') {
    const options = 'options' in issue && Array.isArray(issue.options) ? ` ${quoted(issue.options)}` : ' a known value';
    return `must have "${issue.discriminator}" as one of${options}`;
  }
  const wishes = issue.errors.map((branch) =>
    branch
      .map(
        (inner) =>
          `${inner.path.length > 0 ? `"${inner.path.join('.')}" ` : ''}${problemOf(inner, valueAt(input, issue.path))}`,
      )
      .join(' and '),
  );
  return [...new Set(wishes)].join(', or ');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

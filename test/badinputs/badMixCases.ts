import type { BadInput } from './badInputCases.js';

const manyMixes = Array.from({ length: 126 }, (_, i) => `  m${i}: { extends: two }\n`).join('');

/** Faults in experiments with several mixes. */
export const badMixCases: readonly BadInput[] = [
  {
    intent: 'more mixes than can be compared',
    edits: [['\nbudgets:', `${manyMixes}\nbudgets:`]],
    code: 'E_LIMIT',
    message: '129 entries: at most 128 are possible',
    line: 'mixes:',
  },
  {
    intent: 'a mix that extends one that does not exist',
    edits: [['extends: two', 'extends: too']],
    code: 'E_REF',
    message: 'there is no mix "too"',
    line: 'extends: too',
    underlined: 'too',
  },
  {
    intent: 'mixes that extend each other',
    edits: [['  two:\n', '  two:\n    extends: without-gate\n']],
    code: 'E_CYCLE',
    message: 'mixes extend each other: two -> without-gate -> two',
    line: 'extends: without-gate',
  },
  {
    intent: 'a pool taken out that is not there',
    edits: [['gate: null', 'gat: null']],
    code: 'E_REF',
    message: 'there is no pool "gat" to take out',
    line: 'gat: null',
    underlined: 'gat',
  },
  {
    intent: 'a fleet of its own beside mixes',
    edits: [['\ndefaults:', '\nfleet:\n  gpu: { serves: small, hardware: h100-sxm }\ndefaults:']],
    code: 'E_KEY',
    message: 'an experiment with mixes has no fleet of its own',
    line: 'fleet:',
  },
  {
    intent: 'an inherited pool that gets a bad value',
    edits: [['gpu: { replicas: 10 }', 'gpu: { replicas: 0 }']],
    code: 'E_RANGE',
    message: 'expected a number of replicas of at least 1, found 0',
    line: 'gpu: { replicas: 0 }',
    underlined: '0',
  },
  {
    intent: 'a bad value in the defaults, told once for all mixes',
    edits: [['servers: 4', 'servers: -4']],
    code: 'E_RANGE',
    message: 'expected a number of servers of at least 1, found -4',
    line: 'servers: -4',
  },
  {
    intent: 'a mix that gives a pool half of what it needs',
    edits: [
      [
        'serves: small, hardware: h200-sxm, price: 1.6 USD/h }',
        'serves: small, price: 1.6 USD/h }',
      ],
    ],
    code: 'E_REQUIRED',
    message: 'missing "hardware"',
    line: 'extra: {',
  },
  {
    intent: 'a placement rule of a mix with a misspelt pool',
    edits: [['prefer: [extra, gpu]', 'prefer: [extra, gpuu]']],
    code: 'E_REF',
    message: 'unknown pool',
    line: 'prefer: [extra, gpuu]',
    underlined: 'gpuu',
  },
  {
    intent: 'a mix without a pool that serves the people',
    edits: [['      gate: null', '      gate: null\n      gpu: { serves: other }']],
    code: 'E_REF',
    message: 'no model plays the role "other"',
    line: 'gpu: { serves: other }',
  },
  {
    intent: 'a pool to adjust that no mix has',
    edits: [['adjust: gpu', 'adjust: gup']],
    code: 'E_REF',
    message: 'no mix has a pool of this name',
    line: 'adjust: gup',
    underlined: 'gup',
  },
  {
    intent: 'something else to make equal',
    edits: [['{ by: usdPerHour, within: 3%, adjust: gpu }', 'watts']],
    code: 'E_VALUE',
    message: 'expected usdPerHour or a mapping, found text "watts"',
    line: 'equalise: watts',
  },
  {
    intent: 'a budget about a pool that no mix has',
    edits: [['pool: extra', 'pool: extr']],
    code: 'E_REF',
    message: 'unknown pool',
    line: 'pool: extr',
  },
  {
    intent: 'a misspelt key of a mix',
    edits: [['    extends: two', '    extend: two']],
    code: 'E_KEY',
    message: 'unknown key "extend"',
    line: 'extend: two',
  },
  {
    intent: 'a name of a mix that is no name',
    edits: [
      ['  two:\n', '  t/o:\n'],
      ['extends: two', 'extends: plain'],
    ],
    code: 'E_ID',
    message: 'a name may hold letters, digits, . _ - only',
    line: 't/o:',
  },
];

import type { BadInput } from './badInputCases.js';

const think = 'after: think\n';
const shell =
  'tool: { class: shell, pool: tools, duration: 1s, failure: { probability: 5%, retries: 1 } }';

const waits: readonly BadInput[] = [
  {
    intent: 'patience without a unit',
    edits: [['servers: 16, price: reserved }', 'servers: 16, patience: 2, price: reserved }']],
    code: 'E_UNIT',
    message: 'unit',
    line: 'patience: 2',
  },
  {
    intent: 'patience at an engine',
    edits: [['hardware: h100-sxm', 'patience: 2s, hardware: h100-sxm']],
    code: 'E_KEY',
    message: 'patience',
    line: 'patience: 2s',
  },
];

const order: readonly BadInput[] = [
  {
    intent: 'a step after itself',
    edits: [[think, 'after: act\n']],
    code: 'E_CYCLE',
    message: 'cycle: act -> act',
    line: 'after: act',
    underlined: 'after',
  },
  {
    intent: 'a cycle of three steps',
    edits: [
      ['      turn:\n', cycleOfThree()],
      ['after: [box, listen]', 'after: [box, listen, a]'],
    ],
    code: 'E_CYCLE',
    message: 'cycle: a -> c -> b -> a',
    line: '{ id: a, after: [c]',
  },
  {
    intent: 'a cycle of 12,000 steps',
    edits: [['      turn:\n', longCycle(12_000)]],
    code: 'E_CYCLE',
    message: 'cycle of 12000 steps: n0 -> n11999 -> n11998 -> n11997 -> … -> n2 -> n1 -> n0',
    line: '{ id: n0, after: n11999',
  },
  {
    intent: 'a step after one that does not exist',
    edits: [['after: report', 'after: reprot']],
    code: 'E_REF',
    message: 'no step "reprot" stands beside this one',
    line: 'after: reprot',
    underlined: 'reprot',
  },
  {
    intent: 'a step after one of another list',
    edits: [['after: report', 'after: think']],
    code: 'E_REF',
    message: 'no step "think" stands beside this one',
    line: 'after: think, human',
  },
  {
    intent: 'two steps of a list with one id',
    edits: [
      ['- id: listen', '- id: box'],
      ['[box, listen]', 'box'],
    ],
    code: 'E_DUP_ID',
    message: 'another step of this list is called box',
    line: '- id: box',
  },
  {
    intent: 'two steps of a kind without ids',
    edits: [
      [
        '              - infer: { model: coder, output: 100 tokens }\n',
        '              - infer: { model: coder, output: 100 tokens }\n              - infer: { model: coder, output: 9 tokens }\n',
      ],
    ],
    code: 'E_DUP_ID',
    message: 'another step of this list is called infer',
    line: 'output: 9 tokens',
  },
  {
    intent: 'a list without steps',
    edits: [[agentSteps(), '            steps: []\n']],
    code: 'E_REQUIRED',
    message: 'the list of steps is empty',
    line: 'steps: []',
  },
];

const kinds: readonly BadInput[] = [
  {
    intent: 'a misspelt kind of step',
    edits: [['sandbox: {', 'sandbx: {']],
    code: 'E_STEP',
    message: '"sandbx" is not a kind of step',
    line: 'sandbx:',
    underlined: 'sandbx',
  },
  {
    intent: 'a step that does two things',
    edits: [[shell, `delay: 1s, ${shell}`]],
    code: 'E_STEP',
    message: 'a step does one thing, found tool and delay',
    line: 'delay: 1s',
    underlined: 'delay',
  },
  {
    intent: 'a step that does nothing',
    edits: [
      ['{ id: ask, after: report, human: { act: approve, probability: 20% } }', '{ id: ask }'],
    ],
    code: 'E_STEP',
    message: 'a step needs one of infer, model, tool, query, sandbox, human, delay, loop,',
    line: '{ id: ask }',
  },
  {
    intent: 'a misspelt key of a step',
    edits: [['visible: 30%', 'visibel: 30%']],
    code: 'E_KEY',
    message: 'unknown key "visibel"',
    line: 'visibel: 30%',
    underlined: 'visibel',
  },
  {
    intent: 'an act that humans do not do',
    edits: [['act: approve', 'act: aprove']],
    code: 'E_VALUE',
    message: 'expected an act, found text "aprove"',
    line: 'act: aprove',
  },
  {
    intent: 'an answer without tokens',
    edits: [['output: 200 tokens', 'output: 0']],
    code: 'E_RANGE',
    message: 'output must be at least 1 token',
    line: 'output: 0',
  },
  {
    intent: 'a branch whose weights are all 0',
    edits: [
      ['weight: 3', 'weight: 0'],
      ['weight: 1', 'weight: 0'],
    ],
    code: 'E_SUM',
    message: 'weights sum to 0',
    line: '- branch:',
  },
  {
    intent: 'an arm without a weight',
    edits: [['{ weight: 1, query', '{ query']],
    code: 'E_REQUIRED',
    message: 'missing "weight"',
    line: '{ query:',
  },
  {
    intent: 'more copies than there can be',
    edits: [['copies: 3', 'copies: 3000']],
    code: 'E_LIMIT',
    message: 'more than 1000 copies at once',
    line: 'copies: 3000',
  },
];

const loops: readonly BadInput[] = [
  {
    intent: 'a loop whose number of rounds has no bound',
    edits: [['times: { median: 2, sigma: 1, max: 20 }', 'times: { median: 2, sigma: 1 }']],
    code: 'E_LOOP',
    message: 'nothing bounds the number of rounds',
    line: 'times:',
  },
  {
    intent: 'a loop that is never done',
    edits: [['times: { median: 2, sigma: 1, max: 20 }', 'untilDone: 0%']],
    code: 'E_LOOP',
    message: 'this loop never ends: untilDone is 0 and there is no max',
    line: 'untilDone: 0%',
  },
  {
    intent: 'a loop that does not say when to end',
    edits: [['            times: { median: 2, sigma: 1, max: 20 }\n', '']],
    code: 'E_LOOP',
    message: 'a loop needs to know when to end',
    line: 'loop:',
  },
  {
    intent: 'a loop with two ways to end',
    edits: [['times: {', 'untilDone: 20%\n            times: {']],
    code: 'E_LOOP',
    message: 'a loop has times or untilDone, not both',
    line: 'untilDone: 20%',
    underlined: 'untilDone',
  },
  {
    intent: 'a last round that ends after a step of another list',
    edits: [['endsAfter: think', 'endsAfter: box']],
    code: 'E_REF',
    message: 'no step of the loop has this id',
    line: 'endsAfter: box',
  },
];

const names: readonly BadInput[] = [
  {
    intent: 'a misspelt model role in a step',
    edits: [['model: coder, output: 100', 'model: codr, output: 100']],
    code: 'E_UNSERVED',
    message: 'no pool serves the model role "codr"',
    line: 'model: codr',
    underlined: 'codr',
  },
  {
    intent: 'a misspelt pool of tools',
    edits: [['pool: tools', 'pool: tool']],
    code: 'E_REF',
    message: 'no pool "tool" of kind tools in the fleet',
    line: 'pool: tool,',
    underlined: 'tool',
  },
  {
    intent: 'a store where tools belong',
    edits: [['pool: tools', 'pool: docs']],
    code: 'E_REF',
    message: 'a tool runs on a pool of kind tools; "docs" is one of kind store',
    line: 'pool: docs',
  },
  {
    intent: 'a store that the fleet does not have',
    edits: [['store: docs', 'store: web']],
    code: 'E_REF',
    message: 'no pool "web" of kind store in the fleet',
    line: 'store: web',
  },
  {
    intent: 'an engine pool where a model of another kind belongs',
    edits: [['resource: speech', 'resource: gpu']],
    code: 'E_REF',
    message: 'a model step runs on a pool of kind model; "gpu" is one of kind engine',
    line: 'resource: gpu',
  },
  {
    intent: 'a placement rule for a label that no step has',
    edits: [['label: plan }', 'label: plann }']],
    code: 'E_REF',
    message: 'unknown label of a step',
    line: 'label: plann',
  },
  {
    intent: 'an accelerator under tools',
    edits: [['hardware: epyc-host, servers: 16', 'hardware: h100-sxm, servers: 16']],
    code: 'E_REF',
    message: 'h100-sxm is an accelerator; a pool of tools runs on hosts',
    line: 'tools: { kind: tools',
    underlined: 'h100-sxm',
  },
  {
    intent: 'sandboxes without a number of slots',
    edits: [['slots: 20, ', '']],
    code: 'E_REQUIRED',
    message: 'missing "slots"',
    line: 'boxes: {',
  },
  {
    intent: 'a price of hardware that is not named',
    edits: [
      ['docs: { kind: store, connections: 8', 'docs: { kind: store, price: owned, connections: 8'],
    ],
    code: 'E_REF',
    message: '"owned" is a price of hardware, and this pool names none',
    line: 'price: owned',
    underlined: 'owned',
  },
  {
    intent: 'an overhead beside the connection that sets it',
    edits: [['connection: http', 'connection: http, overhead: 1s']],
    code: 'E_KEY',
    message: 'connection: http says what the overhead is',
    line: 'overhead: 1s',
    underlined: 'overhead',
  },
];

const people: readonly BadInput[] = [
  {
    intent: 'users of a workload that is single requests',
    edits: [[sessionWorkload(), '      request: { model: coder, prompt: 5, output: 5 }\n']],
    code: 'E_KEY',
    message: 'users need a workload with a turn; this one is single requests',
    line: 'users: 20',
    underlined: 'users',
  },
  {
    intent: 'users and arrivals at once',
    edits: [['    users: 20\n', '    users: 20\n    arrivals: { rate: 1/s }\n']],
    code: 'E_KEY',
    message: 'a population has arrivals or a number of users, not both',
    line: 'users: 20',
  },
  {
    intent: 'sessions that arrive in batches',
    edits: [[closedKeys(), '    arrivals: { rate: 1/min, batch: 3 }\n']],
    code: 'E_KEY',
    message: 'sessions start one by one: batch is for requests',
    line: 'batch: 3',
    underlined: 'batch',
  },
  {
    intent: 'neither users nor arrivals',
    edits: [[closedKeys(), '']],
    code: 'E_REQUIRED',
    message: 'missing "arrivals" (or "users"',
    line: 'developers:',
  },
  {
    intent: 'a workload that is a request and a turn',
    edits: [
      [
        '      session:\n',
        '      request: { model: coder, prompt: 5, output: 5 }\n      session:\n',
      ],
    ],
    code: 'E_KEY',
    message: 'a workload is one request or a turn of steps, not both',
    line: 'request:',
    underlined: 'request',
  },
  {
    intent: 'observed gaps beside a model of attention',
    edits: [['thinking: { median', 'gaps: 1min\n        thinking: { median']],
    code: 'E_KEY',
    message: 'observed gaps hold what the model of attention computes',
    line: 'gaps: 1min',
  },
  {
    intent: 'flow classes that do not ascend',
    edits: [['thinking: { median', 'flowClasses: [10s, 1s, 60s]\n        thinking: { median']],
    code: 'E_RANGE',
    message: 'flow classes must ascend',
    line: 'flowClasses:',
  },
  {
    intent: 'two flow classes',
    edits: [['thinking: { median', 'flowClasses: [10s, 60s]\n        thinking: { median']],
    code: 'E_REQUIRED',
    message: 'expected 3 items',
    line: 'flowClasses:',
  },
  {
    intent: 'a probability above 1',
    edits: [['byAttempt: [80%, 90%]', 'byAttempt: [80%, 190%]']],
    code: 'E_RANGE',
    message: 'a share must be at most 1',
    line: 'byAttempt',
    underlined: '190%',
  },
];

/** Faults in sessions, task graphs and what steps run on. */
export const badSessionCases = [...order, ...waits, ...kinds, ...loops, ...names, ...people];

function cycleOfThree(): string {
  const after = { a: 'c', b: 'a', c: 'b' };
  const steps = Object.entries(after).map(
    ([id, before]) => `        - { id: ${id}, after: [${before}], delay: 1ms }\n`,
  );
  return `      turn:\n${steps.join('')}`;
}

function longCycle(length: number): string {
  const steps = Array.from({ length }, (_, index) => {
    const before = (index + length - 1) % length;
    return `        - { id: n${index}, after: n${before}, delay: 1ms }\n`;
  });
  return `      turn:\n${steps.join('')}`;
}

function agentSteps(): string {
  return '            steps:\n              - infer: { model: coder, output: 100 tokens }\n';
}

function closedKeys(): string {
  return '    users: 20\n    sessionsPerHuman: 2\n    offTime: { median: 5min, sigma: 1 }\n';
}

/** Everything below `workload:` in the base. */
function sessionWorkload(): RegExp {
  return / {6}context:[\s\S]*leavesAfter: 30s \}\n/;
}

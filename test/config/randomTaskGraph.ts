import fc from 'fast-check';

type Steps = readonly Readonly<Record<string, unknown>>[];

const duration = fc.constantFrom<unknown>('0ms', '40ms', '2s', {
  median: '1s',
  sigma: 1,
  max: '1min',
});
const length = fc.constantFrom<unknown>(0, 7, '300 tokens', {
  median: '100 tokens',
  sigma: 1,
  max: '2k',
});
const output = fc.constantFrom<unknown>(1, '30 tokens', {
  median: '40 tokens',
  sigma: 1,
  max: '400',
});
const share = fc.constantFrom('0%', '30%', '100%');
const few = fc.constantFrom<unknown>(
  0,
  1,
  2,
  { values: { 1: 3, 3: 1 } },
  { uniform: { min: 0, max: 2.5 } },
);
const failure = fc.record({ probability: share, retries: fc.nat({ max: 2 }) });

const leaf = fc.oneof(
  fc
    .record(
      {
        model: fc.constantFrom('coder', 'helper'),
        output,
        append: length,
        reasoning: length,
        visible: share,
        label: fc.constantFrom('plan', 'answer'),
      },
      { requiredKeys: ['model', 'output'] },
    )
    .map((infer) => ({ infer })),
  fc
    .record(
      { pool: fc.constant('tools'), duration, failure, result: length },
      { requiredKeys: ['duration'] },
    )
    .map((tool) => ({ tool })),
  fc
    .record(
      { store: fc.constant('docs'), duration, failure, result: length },
      { requiredKeys: ['store', 'duration'] },
    )
    .map((query) => ({ query })),
  fc
    .record({ resource: fc.constant('speech'), units: fc.nat({ max: 20 }) })
    .map((model) => ({ model })),
  fc.constant({ sandbox: { pool: 'boxes' } }),
  fc
    .record({
      act: fc.constantFrom('steer', 'approve', 'review'),
      engaged: duration,
      probability: share,
    })
    .map((human) => ({ human })),
  duration.map((delay) => ({ delay })),
);

/** Steps of a body that is valid, nested up to so many levels: names, links and kinds at random. */
export function randomSteps(levels: number): fc.Arbitrary<Steps> {
  const work =
    levels === 0
      ? leaf
      : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 2, arbitrary: nesting(levels - 1) });
  const step = fc.tuple(work, fc.array(fc.nat({ max: 100 }), { maxLength: 2 }));
  return fc.array(step, { minLength: 1, maxLength: 4 }).chain((steps) =>
    fc.shuffledSubarray(
      steps.map(([each, links], made) => ({
        id: `s${made}`,
        ...(made === 0 || links.length === 0
          ? {}
          : { after: [...new Set(links.map((link) => `s${link % made}`))] }),
        ...each,
      })),
      { minLength: steps.length },
    ),
  );
}

function nesting(levels: number): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const steps = randomSteps(levels);
  const rounds = fc.oneof(
    few.map((times) => ({ times })),
    fc.record({ untilDone: fc.constantFrom('20%', '100%'), max: fc.integer({ min: 1, max: 4 }) }),
  );
  const loop = fc.tuple(rounds, steps, fc.boolean()).map(([ends, inner, cut]) => ({
    loop: { ...ends, steps: inner, ...(cut ? { endsAfter: inner[0]!['id'] } : {}) },
  }));
  const join = fc.constantFrom<unknown>('all', 'any', { quorum: 2 });
  const arm = fc.record({ weight: fc.integer({ min: 1, max: 9 }), steps });
  return fc.oneof(
    loop,
    fc.record({ copies: few, join, steps }).map((parallel) => ({ parallel })),
    fc.array(arm, { minLength: 1, maxLength: 3 }).map((branch) => ({ branch })),
    fc.record({ start: length, result: length, steps }).map((agent) => ({ agent })),
  );
}

import { describe, expect, test } from 'vitest';
import { formatMistakes } from '../../src/mistakes/formatMistakes.js';
import { mistakeAt, mistakeList, setOption } from '../../src/mistakes/mistakes.js';
import { sourceText, wholeFile } from '../../src/mistakes/sourceText.js';

describe('mistakes as the user reads them', () => {
  test('each with its line, what is wrong underlined, and last how to check again', () => {
    const file = 'experiments/quickstart.yaml';
    const lines = Array.from({ length: 21 }, () => '# …');
    lines[13] = '    hardware: h100-sx';
    lines[20] = '  output: { median: 900 tokens, max: 600 tokens }';
    const source = sourceText(file, lines.join('\n'));
    const at = (text: string) => {
      const start = source.text.indexOf(text);
      return source.placeOf(start, start + text.length);
    };
    const list = mistakeList();
    list.add(at('max'), { code: 'E', message: 'max (600) is smaller than median (900)' });
    list.add(at('h100-sx'), {
      code: 'E',
      message: 'unknown hardware profile',
      hint: 'Did you mean h100-sxm?',
    });
    expect(formatMistakes(list.sorted(), file)).toBe(`experiments/quickstart.yaml has 2 mistakes

  14 │ hardware: h100-sx
     │           ^^^^^^^ unknown hardware profile. Did you mean h100-sxm?
  21 │ output: { median: 900 tokens, max: 600 tokens }
     │                               ^^^ max (600) is smaller than median (900)

nothing was run.  check again: inflow validate experiments/quickstart.yaml
`);
  });

  test('two on one line share it', () => {
    const source = sourceText('a.yaml', 'a: 1, b: 2');
    const list = mistakeList();
    list.add(source.placeOf(3, 4), { code: 'E', message: 'one' });
    list.add(source.placeOf(9, 10), { code: 'E', message: 'two' });
    expect(formatMistakes(list.sorted(), 'a.yaml').split('\n').slice(2, 5)).toEqual([
      '   1 │ a: 1, b: 2',
      '     │    ^ one',
      '     │          ^ two',
    ]);
  });

  test('of the whole file have no line, and warnings alone stop nothing', () => {
    const place = wholeFile('a.yaml');
    const absent = mistakeAt(place, { code: 'E_ABSENT', message: 'no such file' });
    expect(formatMistakes([absent], 'a.yaml')).toContain('\n     no such file\n');
    const warning = mistakeAt(place, { code: 'W', message: 'odd' }, 'warning');
    const text = formatMistakes([warning], 'a.yaml');
    expect(text).toBe('a.yaml has 1 warning\n\n     warning: odd\n');
  });

  test('on the command line need no check of the file, which would pass', () => {
    const onCommandLine = mistakeAt(wholeFile(setOption), { code: 'E', message: 'odd' });
    expect(formatMistakes([onCommandLine], 'a.yaml')).toMatch(
      /\nnothing was run\. {2}correct --set and give the same command again\n$/,
    );
    const inFile = mistakeAt(wholeFile('a.yaml'), { code: 'E', message: 'odd' });
    expect(formatMistakes([onCommandLine, inFile], 'a.yaml')).toMatch(/validate a\.yaml\n$/);
    expect(formatMistakes([inFile])).toMatch(/correct the file and give the same command again\n$/);
  });

  test('of several files are grouped by file', () => {
    const list = mistakeList();
    for (const file of ['a.yaml', 'b.yaml', 'a.yaml'])
      list.add({ ...wholeFile(file), line: 1 }, { code: 'E', message: `in ${file}` });
    const text = formatMistakes(list.sorted(), 'a.yaml');
    expect(text.match(/^\S+ has .*$/gm)).toEqual(['a.yaml has 1 mistake', 'b.yaml has 1 mistake']);
  });

  test('beyond 20 are counted, not listed', () => {
    const source = sourceText('a.yaml', 'x\n'.repeat(30));
    const list = mistakeList();
    for (let i = 0; i < 25; i++)
      list.add(source.placeOf(2 * i, 2 * i + 1), { code: 'E', message: `no ${i}` });
    const text = formatMistakes(list.sorted(), 'a.yaml');
    expect(text).toContain('a.yaml has 25 mistakes');
    expect(text).toContain('no 19\n');
    expect(text).not.toContain('no 20');
    expect(text).toContain('… and 5 more');
  });

  test('a long line is cut around the place, and what steers a terminal is replaced', () => {
    const source = sourceText('a.json', `{"a":"${'x'.repeat(500)}\u001b[31m","b":1}`);
    const start = source.text.indexOf('"b"');
    const { excerpt, caret, length } = source.placeOf(start, start + 3);
    expect(excerpt.length).toBeLessThanOrEqual(122);
    expect(excerpt.slice(caret, caret + length)).toBe('"b"');
    expect(excerpt).toContain('x\ufffd[31m"');
  });
});

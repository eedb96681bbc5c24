import type { LinkError } from './linkErrors.js';

/** The part of the page about collectives, by type of link. */
export function linkSection(groups: readonly LinkError[]): string[] {
  return [
    '## Collectives by type of link',
    '',
    'All-reduces inside the composed iterations, by number of accelerators. *Table*: error of the measured times that the profile has,',
    'fitted to these. *Bandwidth*: what latency and bandwidth alone would be off, for a group or a chip without a table. *Iterations*:',
    'error of dense models in bf16 on such a group, all of the iteration. No chip was measured over both types.',
    '',
    '| link | profile | accelerators | messages | table | bandwidth | 8 MiB, ms | iterations |',
    '| - | - | - | - | - | - | - | - |',
    ...groups.map(
      (group) =>
        `| ${group.link} | ${group.profile} | ${group.accelerators} | ${group.messages} | ${percent(group.tableError)} | ${percent(group.formulaError)} | ${Number(group.eightMibMs.toPrecision(3))} | ${percent(group.stepsError)} |`,
    ),
    '',
    ...acrossPcie(groups),
  ];
}

/** What the table of one PCIe chip would say about the other. */
function acrossPcie(groups: readonly LinkError[]): string[] {
  const times = (profile: string) =>
    new Map(
      groups
        .filter((group) => group.profile === profile)
        .map(({ accelerators, eightMibMs }) => [accelerators, eightMibMs]),
    );
  const [older, newer] = [times('l40s'), times('rtx-pro-6000')];
  const ratios = [...older].flatMap(([accelerators, timeMs]) => {
    const otherMs = newer.get(accelerators);
    return otherMs === undefined
      ? []
      : [`${(timeMs / otherMs).toFixed(1)} times with ${accelerators}`];
  });
  return [
    `Over PCIe two chips were measured, and one tells little about the other. Of the time of \`rtx-pro-6000\` at 8 MiB \`l40s\` takes`,
    `${ratios.join(', ')}; half the bandwidth explains 2. The rest is presumably the host: switches, sockets, peer access.`,
    'So no NVLink chip has PCIe times here, and a group over PCIe without a table of its own is called extrapolated.',
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

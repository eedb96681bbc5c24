/** Writes what the shipped experiments come to now: `npm run golden`, after a change that is meant to change results. */
import { writeFileSync } from 'node:fs';
import { goldenExperiments, goldenRun } from './goldenRun.js';

for (const experiment of goldenExperiments)
  writeFileSync(`test/golden/${experiment}.txt`, goldenRun(experiment));

import { join } from 'node:path';
import { profileFolder } from '../calibrate/profileParts.js';

/** Folder of measured data, which is no part of the project: INFLOW_DATA, or `../shared/data` beside it. */
export function dataFolder(): string {
  const named = process.env['INFLOW_DATA'];
  if (named !== undefined && named !== '') return named;
  return join(profileFolder, '../../shared/data');
}

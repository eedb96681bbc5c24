/** Words of `inflow calibrate`, and what they mean. */
export const calibrationGlossary: Readonly<Record<string, string>> = {
  'error by metric':
    'Table of `inflow calibrate`: |simulated − measured| / measured, by what was measured.',
  step: 'Of `inflow calibrate`: measured times of single iterations.',
  points:
    'Difference of two shares: from 60% to 65% is +5 points. Of `inflow calibrate`: measured values that were compared.',
  before: 'Of `inflow calibrate`: mean error of the profile that the fit began with.',
  after: 'Of `inflow calibrate`: mean error of the fitted profile, on what it was fitted to.',
  median: 'Of `inflow calibrate`: median error of the fitted profile.',
  worst: 'Of `inflow calibrate`: largest error of the fitted profile.',
  'unseen models or runs':
    'Error on models or runs that a fit did not see: each was left out once, and predicted from the others.',
  'unseen group sizes':
    'Error on numbers of accelerators that a fit did not see: each was left out once.',
  'unseen lengths':
    'Error on lengths of prompts or contexts that a fit did not see: each was left out once.',
  fitted: 'Values of the parameters that the fit was free to change, named as in the profile.',
  'links.start':
    'Fitted start of every collective: the latency of the scale-up link, which is in every entry of its measured tables.',
};

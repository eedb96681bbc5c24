/**
 * What is wrong with the number of block hashes of a prompt; `undefined` when it is right. Traces hash
 * every block, the partial last one too; those that hash full blocks only are read as well.
 */
export function hashCountProblem(
  hashes: number,
  promptTokens: number,
  blockTokens: number,
): string | undefined {
  const blocks = Math.ceil(promptTokens / blockTokens);
  const fullBlocks = Math.floor(promptTokens / blockTokens);
  if (hashes === blocks || hashes === fullBlocks) return undefined;
  return `${hashes} block hashes for ${promptTokens} input tokens; blocks of ${blockTokens} make ${blocks}`;
}

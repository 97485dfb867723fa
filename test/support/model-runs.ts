/** How many histories a comparison with a model goes through: those of MODEL_RUNS where that is set. */
export function modelRuns(otherwise: number): { readonly numRuns: number; readonly timeout: number } {
  const numRuns = Number(process.env['MODEL_RUNS'] ?? otherwise);
  if (!(Number.isInteger(numRuns) && numRuns > 0))
    throw new Error(`MODEL_RUNS is a number of histories, not ${process.env['MODEL_RUNS']}`);
  return { numRuns, timeout: 120_000 + numRuns * 500 };
}

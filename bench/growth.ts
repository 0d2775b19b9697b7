export async function runGrowth(): Promise<void> {
  throw new Error('not written yet');
}

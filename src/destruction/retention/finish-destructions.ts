import { finishExpunctions, isUnfinished, reachRemains, type Expunging } from '#register/expunge.ts'

/** How often places that were away are asked again, and objects looked for that capture brought late. */
const remainsEveryMs = 60_000
const lastReached = new WeakMap<Expunging, number>()

/** Goes on with what an earlier run began and did not end: of destructions, of keys that are retired, of places that were away. */
export async function finishDestructions(
  expunging: Expunging,
  now: Temporal.Instant,
): Promise<{ destroyed: number; standsInTheWay: string[]; failures: unknown[] }> {
  const last = lastReached.get(expunging)
  if (last === undefined || performance.now() - last >= remainsEveryMs) {
    lastReached.set(expunging, performance.now())
    await reachRemains(expunging, now)
  }
  if (!(await isUnfinished(expunging.db))) return { destroyed: 0, standsInTheWay: [], failures: [] }
  const { destroyed, waiting, failures, months } = await finishExpunctions(expunging, now)
  return {
    destroyed: destroyed.length,
    standsInTheWay: [...new Set([...months, ...waiting.map(({ why }) => why)])],
    failures: failures.map(({ error }) => error),
  }
}

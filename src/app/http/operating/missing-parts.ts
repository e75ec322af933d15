import type { Health } from '../../roles/read-health.ts'

/**
 * Lists everything that does not answer, for operators. A silent capture is no reason for a load balancer to avoid this desk.
 */
export function missingParts({ missing, silentCaptures }: Health): string[] {
  return [...missing, ...silentCaptures.map((name) => `capture ${name}`)]
}

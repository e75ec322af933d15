import type { Health } from '../../roles/read-health.ts'

/** Everything that does not answer, as operators are told; a silent capture is no reason for a load balancer to send nobody here. */
export function missingParts({ missing, silentCaptures }: Health): string[] {
  return [...missing, ...silentCaptures.map((name) => `capture ${name}`)]
}

import type { Health } from '../../roles/read-health.ts'

/**
 * Lists all components that do not answer, for operators. Captures are listed here only: the readiness of this desk for a load
 * balancer does not depend on them.
 */
export function missingParts({ missing, silentCaptures }: Health): string[] {
  return [...missing, ...silentCaptures.map((name) => `capture ${name}`)]
}

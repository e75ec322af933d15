/** Guesses at one person's password, from however many addresses (NIST SP 800-63B-4 section 3.2.2). */
const failuresAllowed = 20
const forgottenAfterMinutes = 15
/** User ids remembered at once; made-up ones are remembered like real ones, so that the answer tells nothing. */
const remembered = 10_000

export interface FailedAttempts {
  /** Whether this user id has failed so often that it has to wait. */
  tooMany(userId: string, now: Temporal.Instant): boolean
  failed(userId: string, now: Temporal.Instant): void
  succeeded(userId: string): void
}

/** Counts failed attempts by user id, in this process's memory. */
export function countFailedAttempts(): FailedAttempts {
  const failures = new Map<string, { count: number; until: Temporal.Instant }>()
  const keyOf = (userId: string) => userId.trim().toLowerCase()
  const standing = (userId: string, now: Temporal.Instant) => {
    const found = failures.get(keyOf(userId))
    return found && Temporal.Instant.compare(now, found.until) < 0 ? found : undefined
  }
  return {
    tooMany: (userId, now) => (standing(userId, now)?.count ?? 0) >= failuresAllowed,
    failed(userId, now) {
      const found = standing(userId, now)
      failures.delete(keyOf(userId))
      const oldest = failures.keys().next()
      if (failures.size >= remembered && !oldest.done) failures.delete(oldest.value)
      failures.set(keyOf(userId), {
        count: (found?.count ?? 0) + 1,
        until: found?.until ?? now.add({ minutes: forgottenAfterMinutes }),
      })
    },
    succeeded: (userId) => void failures.delete(keyOf(userId)),
  }
}

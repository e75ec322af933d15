const { compare } = Temporal.Instant

export function laterOf(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return compare(one, other) < 0 ? other : one
}

export function earlierOf(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return compare(one, other) <= 0 ? one : other
}

export function isAfter(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return compare(one, other) > 0
}

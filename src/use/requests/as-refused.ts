/**
 * Requests of callers and officials, from intake to closing (R42-R49). In: a session of the Service Unit. Out: what a request asks,
 * what has been done for it and what comes next. Never here: a decision that the database does not make as well, a look without
 * its trace, who asked in a log.
 */
import { refusalOf, type Refused } from '#safeguards/access/ask-of-database.ts'

/** A refusal of the database's functions (SQLSTATE SE001) as an answer; anything else is thrown. */
export async function asRefused<Found, Code extends string>(
  codes: readonly Code[],
  looking: Promise<Found>,
): Promise<Found | Refused<Code>> {
  try {
    return await looking
  } catch (error) {
    const answer = refusalOf(error, codes)
    if (!answer) throw error
    return answer
  }
}

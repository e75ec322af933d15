import type { Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { signOut, type Session } from '#safeguards/people/session.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'

/** Runs `work` in a session of one of the demo's people, and ends the session. */
export async function actAs<Answer>(
  db: Kysely<RegisterTables>,
  { userId, password, now }: { userId: string; password: string; now: () => Temporal.Instant },
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> {
  const session = await signIn(db, { userId, password }, now())
  if (typeof session === 'string' || !('expiresAt' in session)) throw new Error(`${userId} cannot sign in`)
  try {
    return await work(session)
  } finally {
    await signOut(db, session, now())
  }
}

/** Returns the result unless it was refused. */
export function resultOf<Answer extends object>(answer: Answer): Exclude<Answer, { refused: string }> {
  if ('refused' in answer) throw new Error(String(answer.refused))
  return answer as Exclude<Answer, { refused: string }>
}

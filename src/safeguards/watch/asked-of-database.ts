/** What database/functions/watch and database/functions/feeds raise with SQLSTATE SE001: the database's own no to whoever asks. */
export type WatchRefusal =
  | 'deny.role'
  | 'deny.purpose'
  | 'not-found'
  | 'alarm.closed'
  | 'alarm.own'
  | 'reconciliation.nothing'
  | 'review.not-over'
  | 'review.own'
  | 'review.done'

/** Runs what asks the database; its refusal is the answer, any other fault is thrown. */
export async function orRefusal<Answer>(asking: () => Promise<Answer>): Promise<Answer | { refused: WatchRefusal }> {
  try {
    return await asking()
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    if (code !== 'SE001' || message === undefined) throw error
    return { refused: message as WatchRefusal }
  }
}

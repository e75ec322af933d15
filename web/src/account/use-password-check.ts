import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import type { PasswordProblem } from '../api/shapes.ts'
import { lengthProblem, type PasswordLengths } from './password-rules.ts'

/** The server is asked when the writing has paused for so long. */
const pauseMs = 400

/** Whose password it is going to be: one's own, or that of a one-time link. */
export interface PasswordOwner {
  link?: string
  /** With a link whose user names themselves. */
  userId?: string
  name?: string
}

/**
 * What is wrong with a password, asked as one writes; undefined while it is not known. A server that does not answer is no
 * obstacle: it is asked again when the password is taken.
 */
export function usePasswordCheck(
  password: string,
  lengths: PasswordLengths,
  { link, userId, name }: PasswordOwner,
): readonly PasswordProblem[] | undefined {
  const [found, setFound] = useState<{ of: string; problems: readonly PasswordProblem[] }>()
  const of = JSON.stringify([password, userId, name])
  const isAsked = password !== '' && lengthProblem(password, lengths)?.code !== 'too-long'

  useEffect(() => {
    if (!isAsked) return
    const gone = new AbortController()
    const timer = window.setTimeout(() => {
      const body = { password, ...(link && { link }), ...(userId && { userId }), ...(name && { name }) }
      api
        .POST('/api/password-check', { body, signal: gone.signal })
        .then(({ data }) => data && setFound({ of, problems: data.problems }))
        .catch(() => undefined)
    }, pauseMs)
    return () => {
      window.clearTimeout(timer)
      gone.abort()
    }
  }, [isAsked, of, password, link, userId, name])

  return found?.of === of ? found.problems : undefined
}

import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import type { PasswordProblem } from '../api/shapes.ts'
import { lengthProblem, type PasswordLengths } from './password-rules.ts'

/** Debounce before the server is asked. */
const debounceMs = 400

/** Owner of the new password: oneself, or the person of a one-time link. */
export interface PasswordOwner {
  link?: string
  /** For a link whose user chooses their own user id. */
  userId?: string
  name?: string
}

/**
 * Returns the problems of a password, checked by the server while typing; undefined until known. A server that does not answer
 * blocks nothing: it checks again when the password is submitted.
 */
export function usePasswordCheck(
  password: string,
  lengths: PasswordLengths,
  { link, userId, name }: PasswordOwner,
): readonly PasswordProblem[] | undefined {
  const [found, setFound] = useState<{ key: string; problems: readonly PasswordProblem[] }>()
  const key = JSON.stringify([password, userId, name])
  const isCheckable = password !== '' && lengthProblem(password, lengths)?.code !== 'too-long'

  useEffect(() => {
    if (!isCheckable) return
    const abort = new AbortController()
    const timer = window.setTimeout(() => {
      const body = { password, ...(link && { link }), ...(userId && { userId }), ...(name && { name }) }
      api
        .POST('/api/password-check', { body, signal: abort.signal })
        .then(({ data }) => data && setFound({ key, problems: data.problems }))
        .catch(() => undefined)
    }, debounceMs)
    return () => {
      window.clearTimeout(timer)
      abort.abort()
    }
  }, [isCheckable, key, password, link, userId, name])

  return found?.key === key ? found.problems : undefined
}

import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

/** In memory only, not in the browser's storage: a later user of the browser cannot find the token. */
let linkToken: string | undefined

/**
 * Returns the token of the opened one-time link. The token is after # in the URL, so it reaches no server and no log. It is
 * removed from the URL at once, and is only in this page's memory until it is used.
 */
export function useLinkToken(): { token: string | undefined; forget: () => void } {
  const navigate = useNavigate()
  const hash = useLocation({ select: (location) => location.hash })
  const [token, setToken] = useState(() => hash || linkToken)
  if (hash && hash !== token) setToken(hash)
  useEffect(() => {
    if (!hash) return
    linkToken = hash
    void navigate({ to: '/welcome', hash: '', replace: true })
  }, [hash, navigate])
  return {
    token,
    forget: () => {
      linkToken = undefined
    },
  }
}

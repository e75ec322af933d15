import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

/** Of this page as long as it is open: whoever finds the browser afterwards finds no token in its storage. */
let held: string | undefined

/**
 * The token of the one-time link that was opened: what stood after # in the address, which no server and no log gets to
 * see. It leaves the address at once, and is in this page's memory alone until it is used.
 */
export function useLinkToken(): { token: string | undefined; forget: () => void } {
  const navigate = useNavigate()
  const hash = useLocation({ select: (location) => location.hash })
  const [token, setToken] = useState(() => hash || held)
  if (hash && hash !== token) setToken(hash)
  useEffect(() => {
    if (!hash) return
    held = hash
    void navigate({ to: '/welcome', hash: '', replace: true })
  }, [hash, navigate])
  return {
    token,
    forget: () => {
      held = undefined
    },
  }
}

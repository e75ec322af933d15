import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

const kept = 'seloste.link'

/**
 * The token of the one-time link that was opened: what stood after # in the address, which no server and no log gets to
 * see. It leaves the address at once, and is kept for this tab alone until it is used.
 */
export function useLinkToken(): { token: string | undefined; forget: () => void } {
  const navigate = useNavigate()
  const hash = useLocation({ select: (location) => location.hash })
  const [token, setToken] = useState(() => hash || window.sessionStorage.getItem(kept) || undefined)
  if (hash && hash !== token) setToken(hash)
  useEffect(() => {
    if (!hash) return
    window.sessionStorage.setItem(kept, hash)
    void navigate({ to: '/welcome', hash: '', replace: true })
  }, [hash, navigate])
  return {
    token,
    forget: () => window.sessionStorage.removeItem(kept),
  }
}

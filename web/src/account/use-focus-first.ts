import { useEffect, type RefObject } from 'react'

/** What has just come onto the page by somebody’s own doing gets the focus, at its first such element. */
export function useFocusFirst(within: RefObject<HTMLElement | null>, selector: string): void {
  useEffect(() => {
    within.current?.querySelector<HTMLElement>(`${selector}:not([hidden])`)?.focus()
  }, [within, selector])
}

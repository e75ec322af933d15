import { useEffect, type RefObject } from 'react'

/** Focuses the first visible element matching `selector` in a part that the person's own action has just added to the page. */
export function useFocusFirst(within: RefObject<HTMLElement | null>, selector: string): void {
  useEffect(() => {
    within.current?.querySelector<HTMLElement>(`${selector}:not([hidden])`)?.focus()
  }, [within, selector])
}

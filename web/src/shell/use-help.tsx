import { useMatches } from '@tanstack/react-router'
import { CircleQuestionMark } from 'lucide-react'
import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Me } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'

const loadHelp = () => import('../help/help.tsx')
const HelpPanel = lazy(async () => ({ default: (await loadHelp()).HelpPanel }))
const pathsWithoutHelp: readonly (string | undefined)[] = ['/help', '/room', '/wall']

/** Returns the button of the help and, while it is open, the help of the current page. F1 opens and closes it. */
export function useHelp(me: Me) {
  const { t } = useLanguage()
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const returnTo = useRef<HTMLElement>(null)
  const path = useMatches({ select: (matches) => matches[1] && matches.at(-1)?.fullPath })
  const hasHelp = path !== undefined && !pathsWithoutHelp.includes(path)

  const open = () => {
    returnTo.current = document.activeElement as HTMLElement | null
    setOpen(true)
  }
  const close = () => {
    setOpen(false)
    const before = returnTo.current
    if (before?.isConnected && before !== document.body) before.focus()
    else button.current?.focus()
  }
  const press = useEffectEvent((event: KeyboardEvent) => {
    // A dialog has the focus until it is closed.
    if (event.key !== 'F1' || !hasHelp || document.querySelector('.modal-overlay')) return
    event.preventDefault()
    if (isOpen) close()
    else open()
  })
  useEffect(() => {
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])

  return {
    button: hasHelp && (
      <button
        type="button"
        ref={button}
        className="button button-quiet help-button"
        aria-expanded={isOpen}
        aria-keyshortcuts="F1"
        data-help={path}
        onPointerEnter={() => void loadHelp()}
        onFocus={() => void loadHelp()}
        onClick={isOpen ? close : open}
      >
        <CircleQuestionMark aria-hidden="true" size={20} />
        <span>{t('shell.help')}</span>
        <kbd>F1</kbd>
      </button>
    ),
    panel: hasHelp && isOpen && (
      <Suspense>
        <HelpPanel me={me} path={path} onClose={close} />
      </Suspense>
    ),
  }
}

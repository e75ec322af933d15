/** The help of a screen, beside it, and the page of all helps. One part of the program, so that its texts are loaded once. */
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { HelpArticle } from './help-article.tsx'
import { helpAt, helpsOf, mayOpen, type HelpName } from './helps.ts'
import { searchHelps } from './search-helps.ts'

/** Help of the screen at a route. Takes the focus; Escape closes it. */
export function HelpPanel({ me, path, onClose }: { me: Me; path: string; onClose: () => void }) {
  const { t } = useLanguage()
  const heading = useRef<HTMLHeadingElement>(null)
  const name = helpAt(path)
  useEffect(() => heading.current?.focus(), [])
  return (
    <aside
      className="help-panel"
      aria-labelledby="help-title"
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose()
      }}
    >
      <div className="help-head">
        <h2 id="help-title" tabIndex={-1} ref={heading}>
          {name ? t('help.of', { title: t(`help.screen.${name}.title`) }) : t('shell.help')}
        </h2>
        <Button kind="quiet" onPress={onClose}>
          <X aria-hidden="true" size={20} />
          {t('shell.close')} <kbd>Esc</kbd>
        </Button>
      </div>
      {name && mayOpen(me, name) ? <HelpArticle me={me} name={name} /> : <p>{t('help.none')}</p>}
      <Link to="/help" onClick={onClose}>
        {t('help.all')}
      </Link>
    </aside>
  )
}

/** All helps of the person's screens, with a search. */
export function HelpPage() {
  const { t } = useLanguage()
  const presence = usePresence()
  return (
    <Page title={t('help.all')} lead={t('help.lead')}>
      {presence.state === 'signed-in' && <Helps me={presence.me} />}
    </Page>
  )
}

function Helps({ me }: { me: Me }) {
  const { t } = useLanguage()
  const [query, setQuery] = useState('')
  const groups = helpsOf(me)
  const all = groups.flatMap(({ names }) => names)
  const found = searchHelps(
    all.map((name) => ({
      name,
      title: t(`help.screen.${name}.title`),
      text: (['for', 'steps', 'words', 'next'] as const).map((part) => t(`help.screen.${name}.${part}`)).join(' '),
    })),
    query,
  ).map(({ name }) => name)
  const shown = query.trim() === '' ? groups : [{ heading: undefined, names: found }]
  return (
    <>
      <Field label={t('help.search')} hint={t('help.search.hint')} value={query} onChange={setQuery} />
      <p role="status" className="muted">
        {found.length === 0 ? t('help.search.none') : t('help.search.found', { count: found.length })}
      </p>
      {shown.map(({ heading, names }) => (
        <section key={names.join()} className="stack-small">
          {heading && <h2>{t(heading)}</h2>}
          {names.map((name) => (
            <OneHelp key={name} me={me} name={name} />
          ))}
        </section>
      ))}
    </>
  )
}

function OneHelp({ me, name }: { me: Me; name: HelpName }) {
  const { t } = useLanguage()
  return (
    <details className="panel help-one">
      <summary>{t(`help.screen.${name}.title`)}</summary>
      <HelpArticle me={me} name={name} />
    </details>
  )
}

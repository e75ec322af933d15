import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Draft } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { DraftState } from './draft-state.tsx'
import { Editor } from './draft/editor.tsx'
import { ReadOnlyDraft } from './draft/read-only-draft.tsx'
import { useDraft } from './use-draft.ts'

/** One draft of the next version: its author changes it, another person decides, everyone signed in may read it. */
export function DraftPage() {
  const { t, language } = useLanguage()
  const id = useParams({ from: '/description/drafts/$id', select: (params) => params.id })
  const presence = usePresence()
  const work = useDraft(id)
  const { draft } = work
  useFocusOnStep(draft?.state)
  const crumbs = [{ label: t('shell.nav.versions'), to: '/description' as const }]
  if (!draft || presence.state !== 'signed-in') {
    return (
      <Page title={t('description.draft.title.any')} crumbs={crumbs}>
        {work.error ? <Failure error={work.error} onAgain={work.retry} /> : <Waiting lines={8} />}
      </Page>
    )
  }
  const isOwn = draft.mayEdit && draft.state === 'DRAFT'
  return (
    <Page
      title={t('description.draft.title', { version: draft.basedOn + 1 })}
      lead={t('description.draft.lead', {
        author: draft.author.name,
        version: draft.basedOn,
        time: formatInstant(draft.changedAt, language),
      })}
      crumbs={crumbs}
      aside={<DraftState state={draft.state} />}
      className="page-draft"
    >
      <DraftProgress draft={draft} />
      {isOwn ? <Editor draft={draft} me={presence.me} work={work} /> : <ReadOnlyDraft draft={draft} work={work} />}
    </Page>
  )
}

/** Focuses the heading after a step, which replaces the button that took it. */
function useFocusOnStep(state: Draft['state'] | undefined): void {
  const seen = useRef(state)
  useEffect(() => {
    const was = seen.current
    seen.current = state
    if (was === undefined || was === state) return undefined
    // A closing dialog restores the focus first.
    const timer = window.setTimeout(() => document.querySelector<HTMLElement>('#content h1')?.focus(), 50)
    return () => window.clearTimeout(timer)
  }, [state])
}

/** Details of the draft's state, beyond the state badge. */
function DraftProgress({ draft }: { draft: Draft }) {
  const { t, language } = useLanguage()
  const { decision } = draft
  return (
    <>
      {draft.isOutdated && (
        <Notice kind="warning" title={t('description.draft.outdated')}>
          <p>{t('description.draft.outdated.text')}</p>
          <Link to="/description">{t('description.draft.outdated.link')}</Link>
        </Notice>
      )}
      {decision && (
        <Notice
          kind={draft.state === 'APPROVED' ? 'success' : 'info'}
          title={t(draft.state === 'APPROVED' ? 'description.draft.approved' : 'description.draft.rejected', {
            version: draft.basedOn + 1,
          })}
        >
          <p>
            {t('description.draft.decided', { name: decision.by.name, time: formatInstant(decision.at, language) })}
          </p>
          {draft.state === 'APPROVED' && draft.effectiveFrom && (
            <p>{t('description.draft.approved.from', { time: formatInstant(draft.effectiveFrom, language) })}</p>
          )}
          {decision.note && <p className="draft-reason">{decision.note}</p>}
        </Notice>
      )}
    </>
  )
}

import { Link } from '@tanstack/react-router'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import type { DraftSummary } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { DraftState } from './draft-state.tsx'

/** Drafts: those waiting for the viewer first, past ones behind a button. */
export function DraftList({ drafts }: { drafts: DraftSummary[] }) {
  const { t } = useLanguage()
  const [showsPast, setShowsPast] = useState(false)
  const id = useId()
  const isOpen = ({ state }: DraftSummary) => state === 'DRAFT' || state === 'SUBMITTED'
  const open = drafts.filter(isOpen).sort((one, other) => Number(other.mayDecide) - Number(one.mayDecide))
  const past = drafts.filter((draft) => !isOpen(draft))
  return (
    <>
      {open.length === 0 ? <p className="muted">{t('description.drafts.none')}</p> : <DraftCards drafts={open} />}
      {past.length > 0 && (
        <div>
          <Button
            kind="link"
            aria-expanded={showsPast}
            aria-controls={showsPast ? id : undefined}
            onPress={() => setShowsPast(!showsPast)}
          >
            {showsPast ? <ChevronDown aria-hidden="true" size={18} /> : <ChevronRight aria-hidden="true" size={18} />}
            {t('description.drafts.past', { count: past.length })}
          </Button>
          {showsPast && (
            <div id={id}>
              <DraftCards drafts={past} />
            </div>
          )}
        </div>
      )}
    </>
  )
}

/** Cards of drafts: state, reason and effective date. */
function DraftCards({ drafts }: { drafts: DraftSummary[] }) {
  return (
    <ul className="draft-cards">
      {drafts.map((draft) => (
        <Card key={draft.id} draft={draft} />
      ))}
    </ul>
  )
}

function Card({ draft }: { draft: DraftSummary }) {
  const { t, language } = useLanguage()
  return (
    <li className={`draft-card ${draft.mayDecide ? 'is-mine-to-decide' : ''}`}>
      <div className="draft-card-head">
        <Link to="/description/drafts/$id" params={{ id: draft.id }} className="draft-link">
          {t('description.draft.title', { version: draft.basedOn + 1 })}
        </Link>
        <DraftState state={draft.state} />
      </div>
      {draft.mayDecide && <p className="draft-card-call">{t('description.drafts.mayDecide')}</p>}
      {draft.isOutdated && <p className="draft-card-call">{t('description.draft.outdated')}</p>}
      {draft.reason !== '' && <p className="draft-reason">{draft.reason}</p>}
      <p className="muted small-text">
        {t('description.drafts.by', { name: draft.author.name, time: formatInstant(draft.changedAt, language) })}
        {draft.effectiveFrom &&
          ` · ${t('description.drafts.from', { time: formatInstant(draft.effectiveFrom, language) })}`}
      </p>
    </li>
  )
}

import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { Me, UnderPurpose } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { Notice } from '../controls/notice.tsx'
import { Step } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import type { ResearchSummary } from './disclosure-shapes.ts'
import { invalidateLists, useResearchList } from './use-disclosures.ts'

const undecided = new Set<ResearchSummary['state']>(['DRAFT', 'ITEMS_SELECTED', 'ANONYMISED', 'CHECKED', 'UNDERTAKING'])
/** Last chosen disclosure; the next recording usually goes to the same one. */
let last: string | undefined

/** Adds recordings to a disclosure in preparation: each chosen by itself, by a person who may listen to it for a study (R29). */
export function PickForResearch({
  recordingIds,
  me,
  under,
  onPicked,
}: {
  recordingIds: readonly string[]
  me: Me
  under: UnderPurpose
  /** Called for each that was added. */
  onPicked?: (recordingId: string) => void
}) {
  const { t } = useLanguage()
  const { data } = useResearchList(me)
  const pick = $api.useMutation('post', '/api/research-disclosures/{id}/items')
  const [chosen, setChosen] = useState<string>()
  const [picked, setPicked] = useState<{ disclosure: ResearchSummary; words: string }>()
  const open = data?.items.filter(({ state }) => undecided.has(state)) ?? []
  if (!data) return null
  const disclosure =
    open.find(({ id }) => id === chosen) ??
    open.find(({ number }) => number === under.reference) ??
    open.find(({ id }) => id === last) ??
    open[0]
  if (!disclosure) {
    return (
      <p className="muted">
        {t('disclosures.pick.none')} <Link to="/disclosures/research/new">{t('disclosures.research.begin')}</Link>
      </p>
    )
  }
  const submit = async () => {
    let words = ''
    for (const [index, recordingId] of recordingIds.entries()) {
      const request = pick.mutateAsync({ params: { path: { id: disclosure.id } }, body: { recordingId } })
      const isPicked = await finishRequest(request, ({ item }) => {
        last = disclosure.id
        words = t('disclosures.pick.picked', { number: disclosure.number, item, count: index + 1 })
        setPicked({ disclosure, words })
        onPicked?.(recordingId)
        invalidateLists()
      })
      if (!isPicked) return false
    }
    announce(words)
    return true
  }
  return (
    <div className="stack-small disclosure-pick">
      {picked && (
        <Notice kind="success">
          <p>
            {picked.words}{' '}
            <Link to="/disclosures/research/$id" params={{ id: picked.disclosure.id }} className="nowrap">
              {picked.disclosure.number}
            </Link>
          </p>
        </Notice>
      )}
      <Step
        open={t('disclosures.pick.open')}
        submit={t('disclosures.pick.do')}
        isBusy={pick.isPending}
        error={pick.error}
        onOpen={() => pick.reset()}
        onSubmit={submit}
      >
        <Choice
          label={t('disclosures.pick.disclosure')}
          hint={t('disclosures.pick.hint')}
          options={open.map(({ id, number, institute, study }) => ({
            value: id,
            label: number,
            detail: `${institute.name}: ${study}`,
          }))}
          value={disclosure.id}
          onChange={setChosen}
        />
      </Step>
    </div>
  )
}

import { Link, useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { CopyState } from '../anonymisation/copy-state.tsx'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePurposeState } from '../session/purpose.tsx'
import type { ResearchDetail, ResearchItem } from './disclosure-shapes.ts'
import type { Done } from './done.ts'
import { endedUnreleased, researchHeading, researchStepState } from './research-steps.ts'
import { StepFrame } from './step-frame.tsx'
import { ItemSuffix, RemoveItem } from './remove-item.tsx'

interface Props {
  disclosure: ResearchDetail
  onDone: Done
}

/** Recordings of the disclosure: retention end, state of the anonymised copy, and a link to its editor. */
export function Items({ disclosure, onDone }: Props) {
  const { t } = useLanguage()
  const { itemList, may } = disclosure
  const states = (['items', 'copies', 'check'] as const).map((step) => researchStepState(step, disclosure))
  const state = states.find((one) => one !== 'done') ?? 'done'
  return (
    <StepFrame
      heading={researchHeading('items')}
      title={t('disclosures.step.research.items')}
      state={endedUnreleased(disclosure) ? undefined : state}
    >
      {itemList.length === 0 && <p className="muted">{t('disclosures.items.none')}</p>}
      {itemList.some(({ copy }) => copy.state === 'RENDERING') && <CopiesMade items={itemList} />}
      {itemList.length > 0 && (
        <ul className="disclosure-items">
          {itemList.map((item) => (
            <ItemRow key={item.item} disclosure={disclosure} item={item} onDone={onDone} />
          ))}
        </ul>
      )}
      {may.prepare && <FindMore number={disclosure.number} />}
    </StepFrame>
  )
}

const isMade = ({ copy: { state } }: ResearchItem) => state === 'RENDERED' || state === 'APPROVED'

/** Number of finished copies, while one is being made. */
function CopiesMade({ items }: { items: readonly ResearchItem[] }) {
  const { t, language } = useLanguage()
  const done = items.filter(isMade).length
  return (
    <label className="package-progress">
      {t('disclosures.copies.progress', {
        done: formatCount(done, language),
        all: formatCount(items.length, language),
      })}
      <progress value={done} max={items.length} />
    </label>
  )
}

function ItemRow({ disclosure, item, onDone }: Props & { item: ResearchItem }) {
  const { t, language } = useLanguage()
  const { id, may } = disclosure
  const { copy, contactId, destroyAt, recording, outcome } = item
  const title = `research-item-${item.item}`
  const params = { id, item: String(item.item) }
  const toCheck = disclosure.toCheck.includes(item.item)
  return (
    <li className="stack-small">
      <div className="disclosure-title">
        <h3 id={title} tabIndex={-1}>
          {t('disclosures.item', { item: item.item })}
        </h3>
        {/* After a release or a refusal, a missing copy has no badge: the badge would say that it is still to be made. */}
        {((outcome === 'none' && !endedUnreleased(disclosure)) || copy.state !== 'NONE') && (
          <CopyState state={copy.state} />
        )}
        {recording !== undefined && recording !== 'available' && (
          <span className={`badge badge-${recording}`}>{t(`disclosures.recording.${recording}`)}</span>
        )}
        {outcome !== 'none' && <span className="badge badge-none">{t(`disclosures.outcome.${outcome}`)}</span>}
      </div>
      <dl className="facts facts-small">
        {destroyAt && recording !== 'destroyed' && (
          <Fact label={t('disclosures.destroyAt')}>{formatInstant(destroyAt, language)}</Fact>
        )}
        {copy.level && <Fact label={t('anonymisation.level')}>{t(`anonymisation.level.${copy.level}`)}</Fact>}
      </dl>
      <div className="actions">
        {toCheck && (
          <Link to="/disclosures/research/$id/items/$item/check" params={params} className="button button-secondary">
            {t('disclosures.item.check')}
            <ItemSuffix item={item.item} />
          </Link>
        )}
        {may.prepare && (
          <Link
            to="/disclosures/research/$id/items/$item"
            params={params}
            className={`button button-${copy.state === 'APPROVED' || toCheck ? 'quiet' : 'secondary'}`}
          >
            {t(isMade(item) ? 'disclosures.item.see' : 'disclosures.item.anonymise')}
            <ItemSuffix item={item.item} />
          </Link>
        )}
        {copy.id && isMade(item) && recording !== 'destroyed' && (
          <Link to="/disclosures/copies/$id/report" params={{ id: copy.id }} className="button button-quiet">
            {t('disclosures.item.report')}
            <ItemSuffix item={item.item} />
          </Link>
        )}
        {may.prepare && contactId && (
          <Link to="/contacts/$id" params={{ id: contactId }} className="button button-quiet">
            {t('disclosures.item.contact')}
            <ItemSuffix item={item.item} />
          </Link>
        )}
        {may.prepare && <DropItem id={id} item={item} onDone={onDone} />}
      </div>
    </li>
  )
}

function DropItem({ id, item, onDone }: { id: string; item: ResearchItem; onDone: Done }) {
  const { t } = useLanguage()
  const drop = $api.useMutation('delete', '/api/research-disclosures/{id}/items/{item}')
  return (
    <RemoveItem
      item={item.item}
      what={t('disclosures.item.drop.what')}
      isBusy={drop.isPending}
      error={drop.error}
      onDo={() =>
        drop.mutate(
          { params: { path: { id, item: item.item } } },
          { onSuccess: () => void onDone(t('disclosures.item.dropped'), researchHeading('items')) },
        )
      }
    />
  )
}

/** Links to the search: recordings are picked one by one on the page of their call, under the research purpose (R28, R29). */
function FindMore({ number }: { number: string }) {
  const { t } = useLanguage()
  const { choices, choose } = usePurposeState()
  const navigate = useNavigate()
  const purpose = choices.find((one) => one.purpose === 'SERVICE_LEVEL_STUDY')
  if (!purpose) return <p className="muted">{t('disclosures.items.noPurpose')}</p>
  return (
    <div className="stack-small">
      <p className="request-note">{t('disclosures.items.how')}</p>
      <div className="actions">
        <Button
          kind="secondary"
          onPress={() => {
            choose({ purpose: 'SERVICE_LEVEL_STUDY', ...(purpose.referenceNeeded && { reference: number }) })
            void navigate({ to: '/contacts' })
          }}
        >
          <Search aria-hidden="true" size={18} />
          {t('disclosures.items.find')}
        </Button>
      </div>
    </div>
  )
}

import { Link, useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePurposeState } from '../session/purpose.tsx'
import { authorityHeading, authorityStepState } from './authority-steps.ts'
import type { AuthorityDetail, AuthorityItem } from './disclosure-shapes.ts'
import type { Done } from './done.ts'
import { StepFrame } from './step-frame.tsx'
import { ItemSuffix, RemoveItem } from './remove-item.tsx'

interface Props {
  disclosure: AuthorityDetail
  onDone: Done
}

const badges = { available: 'available', restricted: 'restricted', destroyed: 'destroyed', none: 'none' } as const

/** Requested items: of each call its recording, its identification data, or both. */
export function AuthorityItems({ disclosure, onDone }: Props) {
  const { t, language } = useLanguage()
  const { id, itemList, may, caseNumber } = disclosure
  return (
    <StepFrame
      heading={authorityHeading('items')}
      title={t('disclosures.step.authority.items')}
      state={authorityStepState('items', disclosure)}
    >
      {itemList.length === 0 && <p className="muted">{t('disclosures.authority.items.none')}</p>}
      {itemList.length > 0 && (
        <ul className="disclosure-items">
          {itemList.map((item) => (
            <li key={item.item} className="stack-small">
              <div className="disclosure-title">
                <h3>{t('disclosures.item', { item: item.item })}</h3>
                <span className={`badge badge-${badges[item.state]}`}>
                  {t(`disclosures.authority.recording.${item.state}`)}
                </span>
                {item.granted !== undefined && (
                  <span className={`badge badge-${item.granted ? 'available' : 'restricted'}`}>
                    {t(item.granted ? 'disclosures.authority.granted' : 'disclosures.authority.notGranted')}
                  </span>
                )}
              </div>
              <dl className="facts facts-small">
                <Fact label={t('disclosures.authority.what')}>{t(`disclosures.authority.what.${item.what}`)}</Fact>
                {item.destroyAt && (
                  <Fact label={t('disclosures.destroyAt')}>{formatInstant(item.destroyAt, language)}</Fact>
                )}
              </dl>
              {may.prepare && (
                <div className="actions">
                  {item.contactId && <OpenCall contactId={item.contactId} item={item} caseNumber={caseNumber} />}
                  <Drop id={id} item={item} onDone={onDone} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {may.prepare && <FindCalls caseNumber={caseNumber} />}
    </StepFrame>
  )
}

/** Returns an action that chooses the purpose under which a case is investigated, with the case as its reference; undefined if the user lacks that purpose. */
function useSearchForCase(caseNumber: string): (() => void) | undefined {
  const { choices, choose } = usePurposeState()
  if (!choices.some(({ purpose }) => purpose === 'CRIME_OR_MISUSE')) return undefined
  return () => choose({ purpose: 'CRIME_OR_MISUSE', reference: caseNumber })
}

function OpenCall({ contactId, item, caseNumber }: { contactId: string; item: AuthorityItem; caseNumber: string }) {
  const { t } = useLanguage()
  const search = useSearchForCase(caseNumber)
  if (!search) return null
  return (
    <Link to="/contacts/$id" params={{ id: contactId }} className="button button-quiet" onClick={search}>
      {t('disclosures.item.contact')}
      <ItemSuffix item={item.item} />
    </Link>
  )
}

function Drop({ id, item, onDone }: { id: string; item: AuthorityItem; onDone: Done }) {
  const { t } = useLanguage()
  const drop = $api.useMutation('delete', '/api/authority-disclosures/{id}/items/{item}')
  return (
    <RemoveItem
      item={item.item}
      what={t('disclosures.authority.drop.what')}
      isBusy={drop.isPending}
      error={drop.error}
      onDo={() =>
        drop.mutate(
          { params: { path: { id, item: item.item } } },
          { onSuccess: () => void onDone(t('disclosures.item.dropped'), authorityHeading('items')) },
        )
      }
    />
  )
}

/** Links to the search: calls are found under the case and added on their own page. */
function FindCalls({ caseNumber }: { caseNumber: string }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const search = useSearchForCase(caseNumber)
  if (!search) return <p className="muted">{t('disclosures.authority.items.noPurpose')}</p>
  return (
    <div className="stack-small">
      <p className="request-note">{t('disclosures.authority.items.how')}</p>
      <div className="actions">
        <Button
          kind="secondary"
          onPress={() => {
            search()
            void navigate({ to: '/contacts' })
          }}
        >
          <Search aria-hidden="true" size={18} />
          {t('disclosures.authority.items.find', { caseNumber })}
        </Button>
      </div>
    </div>
  )
}

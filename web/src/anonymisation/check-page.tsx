import { Link, useParams } from '@tanstack/react-router'
import { EarOff } from 'lucide-react'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { CopyState } from './copy-state.tsx'
import { disclosureCrumbs } from './crumbs.ts'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { PlayResult } from './play-result.tsx'
import { PrivacyReportPanel } from './privacy-report.tsx'
import { SignForm } from './sign-form.tsx'
import { useCopy } from './use-copy.ts'

/** The checker listens to all of the anonymised copy and signs or rejects it. The original is never played here. */
export function CheckPage() {
  const { t } = useLanguage()
  const { id, item } = useParams({ from: '/disclosures/research/$id/items/$item/check' })
  const disclosure = $api.useQuery('get', '/api/research-disclosures/{id}', { params: { path: { id } } })
  const listed = disclosure.data?.itemList.find((one) => one.item === Number(item))
  const { data: copy, error: copyError, refetch } = useCopy(listed?.copy.id)
  const error: unknown = disclosure.error ?? copyError
  const number = disclosure.data?.number
  // The checker of one copy checks the others of the same disclosure too.
  const next = disclosure.data?.toCheck.find((one) => one !== listed?.item)
  return (
    <Page
      // A new key for another item moves the focus to its heading.
      key={item}
      title={number === undefined ? t('anonymisation.check') : t('anonymisation.check.of', { number, item })}
      lead={t('anonymisation.check.lead')}
      crumbs={disclosureCrumbs(t, id, number)}
      {...(copy && { aside: <CopyState state={copy.state} /> })}
    >
      {!copy && !error && (disclosure.data === undefined || listed?.copy.id !== undefined) && <Waiting lines={8} />}
      {error !== null && error !== undefined && (
        <Failure error={error} onAgain={() => void (disclosure.error ? disclosure.refetch() : refetch())} />
      )}
      {disclosure.data && listed?.copy.id === undefined && <NothingToCheck name={disclosure.data.preparedBy.name} />}
      {copy && (
        <>
          <p className="with-icon check-note">
            <EarOff aria-hidden="true" size={20} />
            {t('anonymisation.check.noOriginal')}
          </p>
          <Outcome copy={copy} />
          {number !== undefined && !copy.may.check && <ContinueLink id={id} number={number} next={next} />}
          {copy.may.hear && (
            <div className="check-columns">
              <section className="panel stack" aria-labelledby="check-hear">
                <h2 id="check-hear">{t('anonymisation.result')}</h2>
                <p>{t('anonymisation.check.listenFor')}</p>
                <PlayResult copy={copy} onPlayed={() => void refetch()} />
              </section>
              <PrivacyReportPanel copy={copy} />
            </div>
          )}
          {copy.may.check && (
            <section className="panel stack" aria-labelledby="check-sign">
              <h2 id="check-sign">{t('anonymisation.sign')}</h2>
              <SignForm
                // A new revision resets the choices.
                key={copy.revision}
                copy={copy}
                onSigned={async (outcome) => {
                  await Promise.all([refetch(), disclosure.refetch()])
                  announce(t(`anonymisation.signed.${outcome}`))
                  focusHeading('check-outcome')
                }}
              />
            </section>
          )}
        </>
      )}
    </Page>
  )
}

function NothingToCheck({ name }: { name: string }) {
  const { t } = useLanguage()
  return <Notice kind="info">{t('anonymisation.check.notMade', { name })}</Notice>
}

/** Links to the next copy to check, once this one is decided. */
function ContinueLink({ id, number, next }: { id: string; number: string; next: number | undefined }) {
  const { t } = useLanguage()
  return (
    <div className="actions">
      {next !== undefined && (
        <Link
          to="/disclosures/research/$id/items/$item/check"
          params={{ id, item: String(next) }}
          className="button button-primary"
        >
          {t('anonymisation.check.nextItem', { item: next })}
        </Link>
      )}
      <Link to="/disclosures/research/$id" params={{ id }} className="button button-secondary">
        {t('anonymisation.check.back', { number })}
      </Link>
    </div>
  )
}

/** Shows the decision, or why there is nothing to sign now. */
function Outcome({ copy: { state, check, preparedBy, may } }: { copy: AnonymisedCopy }) {
  const { t, language } = useLanguage()
  if (check) {
    return (
      <Notice kind={check.outcome === 'APPROVED' ? 'success' : 'warning'}>
        <h2 id="check-outcome" tabIndex={-1}>
          {t(`anonymisation.signed.${check.outcome}`)}
        </h2>
        <p>{t('anonymisation.checkedBy', { name: check.by.name, time: formatInstant(check.at, language) })}</p>
        {check.note && <p className="check-note">{check.note}</p>}
      </Notice>
    )
  }
  if (may.check) return <p>{t('anonymisation.preparedBy', { name: preparedBy.name })}</p>
  return (
    <Notice kind="info">
      {state === 'RENDERED' && !may.hear
        ? t('anonymisation.check.reach')
        : t(state === 'RENDERED' ? 'anonymisation.check.own' : 'anonymisation.check.notMade', {
            name: preparedBy.name,
          })}
    </Notice>
  )
}

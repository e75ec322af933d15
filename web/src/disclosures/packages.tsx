import { Download, Send } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Downloads } from '../controls/downloads.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { locales, type Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Package } from './disclosure-shapes.ts'
import { ReleaseDialog, type BegunRelease, type DisclosureRef } from './release-dialog.tsx'
import { saveFile } from './save-file.ts'
import { ShownOnce } from './shown-once.tsx'

/** Encrypted packages: making one, progress and result. */
export function Packages({
  disclosureRef,
  number,
  packages,
  mayRelease,
  blocker,
  hasKey,
  me,
  onChanged,
}: {
  disclosureRef: DisclosureRef
  /** Number of the disclosure; the file for a medium is named after it. */
  number: string
  packages: readonly Package[]
  mayRelease: boolean
  /** Text of why nothing can be released now. */
  blocker?: string | undefined
  hasKey: boolean
  me: Me
  onChanged: () => void
}) {
  const { t } = useLanguage()
  const [isConfirming, setConfirming] = useState(false)
  const [begun, setBegun] = useState<BegunRelease>()
  const title = useId()
  // A package that failed or was withdrawn has no link or passphrase any more.
  const isGone = packages.some(({ id, state }) => id === begun?.id && state !== 'making' && state !== 'ready')
  const isOpen = packages.some(({ state }) => state === 'making' || state === 'ready')
  return (
    <>
      {begun && !isGone && (
        <ShownOnce
          begun={begun}
          onClose={() => {
            setBegun(undefined)
            focusHeading(title)
          }}
        />
      )}
      {packages.length > 0 && (
        <>
          <h3 id={title} tabIndex={-1}>
            {t('disclosures.packages.title')}
          </h3>
          <ul className="disclosure-items">
            {packages.map((one) => (
              <PackageRow
                key={one.id}
                one={one}
                number={number}
                isOwn={one.madeBy.id === me.personId}
                mayWithdraw={mayRelease}
                onChanged={() => {
                  onChanged()
                  focusHeading(title)
                }}
              />
            ))}
          </ul>
        </>
      )}
      {mayRelease && !isOpen && blocker && <p className="request-note">{blocker}</p>}
      {mayRelease && !isOpen && !blocker && (
        <div className="actions">
          <Button kind={packages.length > 0 ? 'secondary' : 'primary'} onPress={() => setConfirming(true)}>
            <Send aria-hidden="true" size={18} />
            {t(packages.length > 0 ? 'disclosures.release.again' : 'disclosures.release.open')}
          </Button>
        </div>
      )}
      <ReleaseDialog
        disclosureRef={disclosureRef}
        hasKey={hasKey}
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        onBegun={(made) => {
          setConfirming(false)
          setBegun(made)
          announce(t('disclosures.release.begun'))
          onChanged()
        }}
      />
    </>
  )
}

function PackageRow({
  one,
  number,
  isOwn,
  mayWithdraw,
  onChanged,
}: {
  one: Package
  number: string
  isOwn: boolean
  mayWithdraw: boolean
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const { state, method, delivery, files, done, sizeBytes, sha256, madeAt, madeBy, expiresAt, takenAt, downloads } = one
  const at = (instant: string) => formatInstant(instant, language)
  const counted = { done: formatCount(done, language), files: formatCount(files, language) }
  const wasMaking = useRef(state === 'making')
  useEffect(() => {
    // Announces the package when it is ready.
    if (wasMaking.current && state !== 'making') announce(t(`disclosures.packages.state.${state}`))
    wasMaking.current = state === 'making'
  }, [state, t])
  return (
    <li className="stack-small">
      <p>
        <strong>{t(`disclosures.packages.state.${state}`)}</strong> {takenAt && at(takenAt)}
        {(state === 'ready' || state === 'making') && t('disclosures.packages.until', { time: at(expiresAt) })}
      </p>
      {state === 'making' && (
        <label className="package-progress">
          {t('disclosures.packages.progress', counted)}
          <progress value={done} max={Math.max(files, 1)} />
        </label>
      )}
      <p className="muted">
        {t(`disclosures.packages.how.${delivery}`)} {t(`disclosures.release.method.${method}`)}.{' '}
        {t('disclosures.packages.made', { who: madeBy.name, time: at(madeAt) })}
        {sizeBytes !== undefined && ` ${t('disclosures.packages.size', { size: formatSize(sizeBytes, language) })}`}
      </p>
      {sha256 && (
        <p className="muted">
          SHA-256 <code className="disclosure-code">{sha256}</code>
        </p>
      )}
      <Downloads downloads={downloads} />
      <div className="actions">
        {state === 'ready' && delivery === 'MEDIUM' && isOwn && (
          <SavePackage id={one.id} name={`${number}.zip.age`} onSaved={onChanged} />
        )}
        {(state === 'ready' || state === 'making') && mayWithdraw && (
          <WithdrawPackage id={one.id} onWithdrawn={onChanged} />
        )}
      </div>
      {state === 'ready' && delivery === 'MEDIUM' && !isOwn && (
        <p className="muted">{t('disclosures.packages.othersMedium', { who: madeBy.name })}</p>
      )}
    </li>
  )
}

/** Saves the file for a medium, once. */
function SavePackage({ id, name, onSaved }: { id: string; name: string; onSaved: () => void }) {
  const { t } = useLanguage()
  const [isConfirming, setConfirming] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const save = async () => {
    setBusy(true)
    setError(await saveFile(`/api/packages/${id}/file`, name))
    setBusy(false)
    onSaved()
  }
  return (
    <>
      <Button kind="primary" isBusy={isBusy} onPress={() => setConfirming(true)}>
        <Download aria-hidden="true" size={18} />
        {t(isBusy ? 'disclosures.packages.saving' : 'disclosures.packages.save')}
      </Button>
      {error != null && <Failure error={error} />}
      <Confirm
        title={t('disclosures.packages.save.sure')}
        doLabel={t('disclosures.packages.save')}
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        onDo={() => void save()}
      >
        <p>{t('disclosures.packages.save.what')}</p>
      </Confirm>
    </>
  )
}

function WithdrawPackage({ id, onWithdrawn }: { id: string; onWithdrawn: () => void }) {
  const { t } = useLanguage()
  const withdraw = $api.useMutation('delete', '/api/packages/{id}')
  return (
    <>
      <ConfirmButton
        label={t('disclosures.packages.withdraw')}
        isBusy={withdraw.isPending}
        title={t('disclosures.packages.withdraw.sure')}
        onDo={() =>
          withdraw.mutate(
            { params: { path: { id } } },
            {
              onSuccess: () => {
                announce(t('disclosures.packages.state.withdrawn'))
                onWithdrawn()
              },
            },
          )
        }
      >
        <p>{t('disclosures.packages.withdraw.what')}</p>
      </ConfirmButton>
      {withdraw.error != null && <Failure error={withdraw.error} />}
    </>
  )
}

/** Formats a size, `12,4 Mt`, in the language. */
function formatSize(bytes: number, language: Language): string {
  const [unit, size] = bytes < 1_000_000 ? (['kilobyte', bytes / 1_000] as const) : (['megabyte', bytes / 1e6] as const)
  return new Intl.NumberFormat(locales[language], { style: 'unit', unit, maximumFractionDigits: 1 }).format(size)
}

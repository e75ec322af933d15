import { Copy, Printer } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'

/** Recovery codes, shown only once. Printed, they replace a lost authenticator. */
export function RecoveryCodes({
  codes,
  userId,
  heading: Heading,
  doneLabel,
  onDone,
}: {
  codes: readonly string[]
  userId: string
  /** Heading level, below that of the section. */
  heading: 'h2' | 'h3'
  doneLabel: string
  onDone: () => void
}) {
  const { t } = useLanguage()
  const title = useRef<HTMLHeadingElement>(null)
  const [copied, setCopied] = useState<'yes' | 'no'>()
  useEffect(() => title.current?.focus(), [])
  const copy = async () => {
    const done = await navigator.clipboard.writeText(codes.join('\n')).then(
      () => true,
      () => false,
    )
    setCopied(done ? 'yes' : 'no')
    announce(t(done ? 'account.recovery.copied' : 'account.recovery.copy.failed'))
  }
  return (
    <div className="stack recovery">
      <Heading ref={title} tabIndex={-1} className="step-heading">
        {t('account.recovery.title')}
      </Heading>
      <Notice kind="warning">{t('account.recovery.once')}</Notice>
      <p>{t('account.recovery.what', { userId })}</p>
      <ol className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="actions no-print">
        <Button kind="secondary" onPress={() => window.print()}>
          <Printer aria-hidden="true" size={18} />
          {t('account.recovery.print')}
        </Button>
        {/* Browsers have a clipboard API only over HTTPS. */}
        {'clipboard' in navigator && (
          <Button kind="secondary" onPress={() => void copy()}>
            <Copy aria-hidden="true" size={18} />
            {t(copied === 'yes' ? 'account.recovery.copied' : 'account.recovery.copy')}
          </Button>
        )}
      </div>
      {copied === 'no' && <p>{t('account.recovery.copy.failed')}</p>}
      <div className="actions no-print">
        <Button kind="primary" onPress={onDone}>
          {doneLabel}
        </Button>
      </div>
    </div>
  )
}

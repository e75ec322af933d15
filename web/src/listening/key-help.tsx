import { Keyboard } from 'lucide-react'
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'

export type KeyLine = [keys: string[], word: Word]
const playerKeys: KeyLine[] = [
  [['Space', 'K'], 'people.help.toggle'],
  [['J', 'L'], 'people.help.skip10'],
  [['←', '→'], 'people.help.skip5'],
  [['<', '>'], 'people.help.speed'],
  [['I', 'O'], 'people.help.region'],
  [['?'], 'people.help.help'],
]

/** Help for the player's keys. */
export function KeyHelp({
  keys = playerKeys,
  isOpen,
  onOpenChange,
}: {
  keys?: readonly KeyLine[]
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
}) {
  const { t } = useLanguage()
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <Button kind="link">
        <Keyboard aria-hidden="true" size={18} />
        {t('people.help.title')}
      </Button>
      <ModalOverlay className="modal-overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog-body">
            {({ close }) => (
              <>
                <Heading slot="title" className="dialog-title">
                  {t('people.help.title')}
                </Heading>
                <p>{t('people.help.where')}</p>
                <dl className="keys">
                  {keys.map(([names, word]) => (
                    <div key={word}>
                      <dt>
                        {names.map((name) => (
                          <kbd key={name}>{name === 'Space' ? t('people.help.space') : name}</kbd>
                        ))}
                      </dt>
                      <dd>{t(word)}</dd>
                    </div>
                  ))}
                </dl>
                <div className="actions">
                  <Button kind="primary" onPress={close} autoFocus>
                    {t('shell.close')}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}

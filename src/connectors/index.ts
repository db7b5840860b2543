import { Fault } from '../errors.ts';
import type { Connector, TargetSettings } from './connector.ts';
import { parseDescription } from './rest/description.ts';
import { restConnector } from './rest/rest.ts';
import { sandboxConnector } from './sandbox.ts';
import { scimConnector } from './scim/scim.ts';
import { checkOffer } from './settings.ts';
import { webhookConnector } from './webhook/webhook.ts';

/** The kinds of target that Gangway can speak to. */
export const CONNECTOR_KINDS = ['sandbox', 'rest', 'scim', 'webhook'] as const;
export type ConnectorKind = (typeof CONNECTOR_KINDS)[number];

/**
 * The connector for a target; throws Fault `config_invalid` when its settings do not fit. Keep it for as long as the
 * target's settings stay the same: its limits and the groups that it remembers live in it.
 */
export function createConnector(
  kind: ConnectorKind,
  target: TargetSettings,
  options: { sandboxUrl: string; sandboxKey: string },
): Connector {
  checkOffer(kind, target);
  switch (kind) {
    case 'sandbox':
      return sandboxConnector(target, { url: options.sandboxUrl, key: options.sandboxKey });
    case 'rest':
      return restConnector(describedIn(target), target);
    case 'scim':
      return scimConnector(target);
    case 'webhook':
      return webhookConnector(target);
    default:
      throw new Fault('config_invalid', `there is no kind of target "${kind satisfies never}"`);
  }
}

function describedIn({ settings }: TargetSettings) {
  const { description } = settings;
  if (description) return parseDescription(description);
  throw new Fault(
    'config_invalid',
    'a target of kind rest needs its description (--file on the command line, settings.description in the API)',
  );
}

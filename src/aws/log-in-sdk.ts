/** What we use of the AWS SDK for log-ins. Imported on first use, as `sdk.ts` is: few sessions need it. */
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
export { Signer } from '@aws-sdk/rds-signer'

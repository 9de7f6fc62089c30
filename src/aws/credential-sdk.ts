/** Where the SDK finds credentials, loaded with the first client that needs them. */
export { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers'

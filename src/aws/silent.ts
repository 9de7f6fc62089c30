/** The SDK would print warnings to the console, over the operator's screen. What matters of them comes as errors. */
export const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

internal import Charts

/// Numbers as this module writes them.
typealias Decimal = DecimalText

// SPDX-License-Identifier: GPL-3.0-or-later

import Quantities

/// What a provider bills for rented machines and how its commitments apply.
package struct BillingRules: Sendable, Equatable {
  /// The stretch of time over which a commitment may be used up.
  package enum CommitmentPeriod: Sendable, Equatable {
    /// Within a clock hour its machine time may be spread over machines side by side.
    case clockHour
    /// At every instant it covers so many machines and no more.
    case instant
  }

  /// The name by which scenarios choose it.
  package let name: String
  /// The shortest time that a rental is billed for; more is billed by the second.
  package let minimum: TimeSpan
  /// A spot machine that the provider takes back before that age costs nothing.
  package let freeBefore: TimeSpan
  /// How commitments for machines apply.
  package let commitmentPeriod: CommitmentPeriod
  /// Whether it has savings plans.
  package let hasSavingsPlans: Bool
  /// What of its rules is left out here.
  package let notModelled: [String]

  /// AWS, Linux.
  ///
  /// By the second with 60 s at least: AWS, "Amazon EC2 On-Demand Pricing". No charge for a spot machine
  /// that EC2 interrupts in its first hour: AWS, Amazon EC2 User Guide, "Billing for interrupted Spot
  /// Instances". 3,600 s a reserved machine and clock hour, spread over machines that run side by side:
  /// AWS whitepaper "Cost Optimization: Amazon EC2 reservation models". Savings plans: AWS, Savings Plans
  /// User Guide, "Understanding how Savings Plans apply to your AWS usage". All as in the project's notes
  /// of 2026-11-23.
  package static let aws = BillingRules(
    name: "aws", minimum: .seconds(60), freeBefore: .hours(1), commitmentPeriod: .clockHour,
    hasSavingsPlans: true,
    notModelled: ["taxes, credits and support plans", "sharing between accounts", "Windows"])

  /// Google Cloud.
  ///
  /// By the second with one minute at least: Google Cloud, "VM instance pricing". Committed use covers
  /// concurrent usage: Google Cloud, Compute Engine, "Resource-based committed use discounts". A spot
  /// machine that is preempted in its first minute is not charged: stated for preemptible machines, and
  /// not verified for spot ones of today.
  package static let gcp = BillingRules(
    name: "gcp", minimum: .seconds(60), freeBefore: .minutes(1), commitmentPeriod: .instant,
    hasSavingsPlans: false,
    notModelled: [
      "sustained-use discounts (accelerator machines have none)", "flexible committed use",
      "prices by vCPU, memory and accelerator apart from whole machine types",
    ])

  /// Azure, Linux.
  ///
  /// By the second, no minimum and no free time of evicted machines known: Microsoft, "Linux Virtual
  /// Machines Pricing". A reservation is used up hour by hour, by any matching machine: Microsoft Learn,
  /// "How the Azure reservation discount is applied to virtual machines"; not verified beyond that.
  package static let azure = BillingRules(
    name: "azure", minimum: .zero, freeBefore: .zero, commitmentPeriod: .clockHour,
    hasSavingsPlans: false,
    notModelled: ["savings plans for compute", "instance size flexibility", "hybrid benefit"])

  /// The rules by name.
  package static let providers = [aws, gcp, azure]

  /// Whether nothing is charged for a rental.
  func isFree(_ rental: Rental) -> Bool {
    rental.wasInterrupted && rental.to != .never && rental.to - rental.from < freeBefore
  }
}

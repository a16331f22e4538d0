/** Every declared route, in one list: the router, OpenAPI and the permission matrix are made from it. */
import { adminLoanRoutes } from './admin-loan';
import { apiKeyRoutes } from './api-key';
import { adminRedemptionRoutes } from './admin-redemption';
import { adminWithdrawalRoutes } from './admin-withdrawal';
import { adminLoanTermsRoutes } from './admin-loan-terms';
import { comparisonRoutes } from './comparison';
import { approvalRoutes } from './approval';
import { balanceRoutes } from './balance';
import { custodyRoutes } from './custody';
import { customerRoutes } from './customer';
import { depositRoutes } from './deposit';
import type { ApiDeps } from './deps';
import { figureRoutes } from './figure';
import { findingRoutes } from './finding';
import { freezeRoutes } from './freeze';
import { emailApplicationRoutes } from './email-application';
import { healthRoutes, type Lifetime } from './health';
import { historyExportRoutes } from './history-export';
import { homeRoutes } from './home';
import { ledgerRoutes } from './ledger';
import { loanRoutes } from './loan';
import { loanEventRoutes } from './loan-event';
import { loanApplicationRoutes } from './loan-application';
import { meRoutes } from './me';
import { messageRoutes } from './message';
import type { Metrics } from './metrics';
import { minerRoutes } from './miner';
import { policyRoutes } from './policy';
import { poolRoutes } from './pool';
import { positionRoutes } from './position';
import { rateRoutes } from './rate';
import { reconciliationRoutes } from './reconciliation';
import { redemptionRoutes } from './redemption';
import { refusalRoutes } from './refusal';
import { registrationRoutes } from './registration';
import { repaymentRoutes } from './repayment';
import type { Route } from './route';
import { remedyRoutes } from './remedy';
import { scheduleRoutes } from './schedule';
import { senderRoutes } from './sender';
import { staffSessionRoutes } from './staff-session';
import { statementRoutes } from './statement';
import { suspenseRoutes } from './suspense';
import { subscriptionRoutes } from './subscription';
import { sweepRoutes } from './sweep';
import { topUpRoutes } from './top-up';
import { withdrawalRoutes } from './withdrawal';
import { withdrawalAddressRoutes } from './withdrawal-address';
import { workflowRoutes } from './workflow';
import { workflowHistoryRoutes } from './workflow-history';

export function allRoutes(deps: ApiDeps, metrics: Metrics, lifetime: Lifetime): Route[] {
  const forCustomers = [
    registrationRoutes,
    meRoutes,
    apiKeyRoutes,
    balanceRoutes,
    subscriptionRoutes,
    statementRoutes,
    redemptionRoutes,
    withdrawalRoutes,
    withdrawalAddressRoutes,
    loanApplicationRoutes,
    loanRoutes,
  ];
  const forStaff = [
    staffSessionRoutes,
    homeRoutes,
    freezeRoutes,
    approvalRoutes,
    customerRoutes,
    depositRoutes,
    poolRoutes,
    rateRoutes,
    policyRoutes,
    positionRoutes,
    adminRedemptionRoutes,
    adminWithdrawalRoutes,
    adminLoanRoutes,
    emailApplicationRoutes,
    adminLoanTermsRoutes,
    repaymentRoutes,
    minerRoutes,
    messageRoutes,
    senderRoutes,
    sweepRoutes,
    ledgerRoutes,
    topUpRoutes,
    custodyRoutes,
    reconciliationRoutes,
    findingRoutes,
    suspenseRoutes,
    remedyRoutes,
    scheduleRoutes,
    workflowRoutes,
    workflowHistoryRoutes,
    historyExportRoutes,
    refusalRoutes,
  ];
  return [
    ...[...forCustomers, ...forStaff].flatMap((make) => make(deps)),
    ...figureRoutes(deps),
    ...comparisonRoutes(deps),
    ...loanEventRoutes(deps, lifetime),
    ...healthRoutes(deps, metrics, lifetime),
  ];
}
